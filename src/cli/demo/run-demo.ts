import { createProjectRegistry } from '../../adapters/projects/registry.js';
import { homePaths, type StackAddresses } from '../../stack/index.js';
import { type Connected, webUiAddress } from '../connect.js';
import { type CliContext, commandName } from '../context.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { describeEnd, exitCodeOf } from '../run-end.js';
import { userName } from '../user-name.js';
import { plainText } from '../view/text.js';
import { createDemoProject } from './demo-project.js';
import { DemoStopped, type DemoScene } from './demo-run.js';
import { renderDemoSummary, type DemoEnd } from './demo-summary.js';
import { renderFullDemo } from './full-demo-summary.js';
import { goToPlayersAndBack } from './full-demo.js';
import { stageNight } from './stage-night.js';

export type DemoOptions = {
  night: number;
  /** On to production, and back. */
  full: boolean;
  yes: boolean;
  json: boolean;
  /** `--home`, where it was given: the next commands need it too. */
  homeFlag: string | undefined;
  addresses: StackAddresses;
  stackEnds: boolean;
  startedMs: number;
  signal: AbortSignal;
};

/** The demo on a stack that runs: a fresh game, its night, the approval, and what came of it. */
export async function runDemo(
  context: CliContext,
  connected: Connected,
  options: DemoOptions,
): Promise<ExitCode> {
  const { addresses, signal } = options;
  const project = await createDemoProject({
    folder: homePaths(connected.home).demo,
    emulatorUrl: addresses.emulator,
    registry: createProjectRegistry({ file: connected.settings.projectsFile }),
  });
  context.say(`game project: ${project.directory}`);
  const asked = context.canAsk && !options.yes;
  const person = { asked, name: asked ? await userName(context.cwd) : 'demo' };
  try {
    await play({ context, connected, project, person, signal }, options);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof DemoStopped)) throw error;
    const { workflowId, end } = error.run;
    const { red } = context.colors.err;
    context.say(`${red(`${workflowId}:`)} ${plainText(describeEnd(end), { lines: true })}`);
    return exitCodeOf(end);
  }
}

async function play(scene: DemoScene, options: DemoOptions): Promise<void> {
  const { context, project } = scene;
  const { addresses, startedMs, json } = options;
  let runAddress: string | undefined;
  const night = await stageNight(scene, options.night, {
    startedMs,
    onStart: (run) => {
      runAddress = addresses.ui && webUiAddress(addresses.ui, addresses.namespace, run);
      if (runAddress) context.say(`run: ${runAddress}`);
    },
  });
  const colors = json ? context.colors.err : context.colors.out;
  const show = (lines: string[], data: unknown): void => {
    const text = `\n${lines.join('\n')}`;
    (json ? context.say : context.print)(text);
    if (json) context.print(JSON.stringify(data));
  };
  const end: DemoEnd = {
    project,
    ui: addresses.ui,
    stackEnds: options.stackEnds,
    command: commandName(context.env),
    home: options.homeFlag,
  };
  if (options.full) {
    const result = await goToPlayersAndBack(scene, night, { emulatorUrl: addresses.emulator, startedMs });
    show(renderFullDemo(result, end, colors), result);
  } else {
    show(renderDemoSummary({ ...night, runAddress }, end, colors), night.result);
  }
}
