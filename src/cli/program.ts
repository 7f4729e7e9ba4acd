import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Command } from 'commander';

import type { CommandKit } from './command-kit.js';
import { addCancel } from './commands/cancel.js';
import { addContent } from './commands/content.js';
import { addDecisions } from './commands/decide.js';
import { addDeploy } from './commands/deploy.js';
import { addDemo } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addFeature } from './commands/feature.js';
import { addInit } from './commands/init.js';
import { addList } from './commands/list.js';
import { addNight } from './commands/night.js';
import { addOpen } from './commands/open.js';
import { addPauseAndResume } from './commands/pause.js';
import { addPlace } from './commands/place.js';
import { addProject } from './commands/project.js';
import { addRelease } from './commands/release.js';
import { addReleases } from './commands/releases.js';
import { addResolve } from './commands/resolve.js';
import { addRollback } from './commands/rollback.js';
import { addShow } from './commands/show.js';
import { addStart } from './commands/start.js';
import { addTest } from './commands/test.js';
import { addTimeline } from './commands/timeline.js';
import { addTick } from './commands/tick.js';
import { addTools } from './commands/tools.js';
import { addUp } from './commands/up.js';
import { addWatch } from './commands/watch.js';
import type { CliContext } from './context.js';
import { exitCodes } from './exit-codes.js';
import { packageRoot } from './local-stack.js';

const help = `
A RUN is named by its workflow id (demo/night-3), its short name (night-3-1a2b3c4d) or its Temporal run id.

Exit status: ${exitCodes.ok} done; ${exitCodes.failed} failed; ${exitCodes.notWanted} the run was cancelled or rejected; \
${exitCodes.waiting} still waiting (watch --no-wait); ${exitCodes.usage} wrong usage; ${exitCodes.interrupted} interrupted.

Environment: GRAVESHIFT_HOME, TEMPORAL_* (as the Temporal CLI), NO_COLOR, GRAVESHIFT_DEBUG=1 (stack traces).
`;

const commands = [
  addUp,
  addDemo,
  addInit,
  addDoctor,
  addTools,
  addTest,
  addNight,
  addFeature,
  addContent,
  addDeploy,
  addRollback,
  addStart,
  addList,
  addShow,
  addTimeline,
  addOpen,
  addWatch,
  addDecisions,
  addPauseAndResume,
  addCancel,
  addResolve,
  addReleases,
  addRelease,
  addTick,
  addPlace,
  addProject,
];

export function createProgram(context: CliContext, exitWith: (code: number) => void): Command {
  const program = new Command('graveshift')
    .description('The night shift of a Roblox studio: durable game pipelines on Temporal')
    .version(packageVersion())
    .addHelpText('after', help)
    .showHelpAfterError('("--help" shows what there is)')
    .showSuggestionAfterError()
    // Commands made from here on inherit these two.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHasColors: () => context.colors.out.isColorSupported,
      getErrHasColors: () => context.colors.err.isColorSupported,
    });
  const kit: CommandKit = { program, context, exitWith };
  for (const add of commands) add(kit);
  return program;
}

function packageVersion(): string {
  const text = readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
