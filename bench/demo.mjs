import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { packageRoot } from '../scripts/lib/package-root.mjs';
import { startNode } from './child.mjs';
import { cleanEnvironment } from './clean-environment.mjs';
import { withCleanUp } from './clean-up.mjs';
import { findTemporal } from './find-temporal.mjs';
import { within } from './within.mjs';

const limitMs = 240_000;
/** The demo drains its worker, its emulator and its server, each within a limit of its own. */
const graceMs = 70_000;

/** From the command's start to its end, so with the start and the stop of the stack. */
export async function measureDemo({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    // The goal is for tools that are there: getting them is not measured.
    await findTemporal({ log, signal });
    const directory = await mkdtemp(path.join(tmpdir(), 'graveshift-bench-'));
    cleanUp.add(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));

    const started = performance.now();
    const command = startNode([path.join(packageRoot, 'bin', 'graveshift.js'), 'demo', '--yes', '--json'], {
      env: { ...cleanEnvironment(), GRAVESHIFT_HOME: path.join(directory, 'home') },
    });
    cleanUp.add(() => command.stop(graceMs));
    const code = await within(command.exited, { limitMs, what: 'the end of the demo', signal });
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`the demo ended with ${code}: ${command.lastWords()}`);

    const shown = JSON.parse(command.lines.at(-1) ?? 'null');
    return {
      value: seconds,
      detail:
        `night ${shown.night} with ${shown.assets} assets staged after ${(shown.durationMs / 1000).toFixed(1)} s; ` +
        `${shown.actions} Actions, ${shown.historyEvents} events; the rest is Node's start and the stack's stop`,
    };
  });
}
