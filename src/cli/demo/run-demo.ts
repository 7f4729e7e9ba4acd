import { createProjectRegistry } from '../../adapters/projects/registry.js';
import { countRunActions } from '../../adapters/temporal/index.js';
import { GraveshiftError } from '../../domain/failure.js';
import { homePaths, type StackAddresses } from '../../stack/index.js';
import { type Connected, webUiAddress } from '../connect.js';
import { type CliContext, commandName } from '../context.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { preparePipeline, startPipeline, type StartedRun } from '../pipelines.js';
import { describeEnd, exitCodeOf } from '../run-end.js';
import { userName } from '../user-name.js';
import { createLiveView } from '../view/live-view.js';
import { plainText } from '../view/text.js';
import { pollInterval, watchRun } from '../watch-run.js';
import { createAnswers } from './answer-run.js';
import { createDemoProject, type DemoProject } from './demo-project.js';
import { demoResult, stagedNightSchema, type DemoResult, type StagedNight } from './demo-result.js';
import { renderDemoSummary } from './demo-summary.js';

export type DemoOptions = {
  night: number;
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
  const { signal, addresses } = options;
  const { client, home, settings, address } = connected;
  const project = await createDemoProject({
    folder: homePaths(home).demo,
    emulatorUrl: addresses.emulator,
    registry: createProjectRegistry({ file: settings.projectsFile }),
  });
  context.say(`game project: ${project.directory}`);
  const canAsk = context.canAsk && !options.yes;
  const name = canAsk ? await userName(context.cwd) : 'demo';
  const input = { night: options.night, project: project.name };
  const run = await startPipeline(connected, preparePipeline('horrorNight', input, name));
  const runAddress = addresses.ui && webUiAddress(addresses.ui, addresses.namespace, run);
  if (runAddress) context.say(`run: ${runAddress}`);

  const view = createLiveView(context);
  const { end } = await watchRun({
    client,
    run: run.workflowId,
    title: `Night ${options.night} of ${project.name} (${run.workflowId})`,
    view,
    signal,
    everyMs: pollInterval(address),
    onProgress: createAnswers({
      context,
      connected,
      run,
      view,
      person: canAsk ? { asked: true, name } : { asked: false },
      signal,
    }),
  });
  if (end.outcome !== 'succeeded') {
    const { red } = context.colors.err;
    context.say(`${red(`${run.workflowId}:`)} ${plainText(describeEnd(end), { lines: true })}`);
    return exitCodeOf(end);
  }
  const staged = stagedNightSchema.parse(end.result);
  await refuseUnseen(connected, run);
  const cost = await countRunActions(client.temporal, run);
  const durationMs = Math.round(performance.now() - options.startedMs);
  const result = demoResult(staged, { runId: run.runId, durationMs, ...cost });
  printEnd(context, { options, project, run, runAddress, staged, result });
  return exitCodes.ok;
}

/** A run that continued as new would have more than one history to count. */
async function refuseUnseen({ client }: Connected, run: StartedRun): Promise<void> {
  const { runId } = await client.describe(run.workflowId);
  if (runId === run.runId) return;
  throw new GraveshiftError(
    'AlreadyRunning',
    `${run.workflowId} was started again meanwhile, as run ${runId}`,
    {
      details: { workflowId: run.workflowId, runId },
    },
  );
}

function printEnd(
  context: CliContext,
  ended: {
    options: DemoOptions;
    project: DemoProject;
    run: StartedRun;
    runAddress: string | undefined;
    staged: StagedNight;
    result: DemoResult;
  },
): void {
  const { options, project, run, runAddress, staged, result } = ended;
  const { json } = options;
  const lines = renderDemoSummary(
    {
      staged,
      result,
      project,
      workflowId: run.workflowId,
      ui: options.addresses.ui,
      runAddress,
      stackEnds: options.stackEnds,
      command: commandName(context.env),
      home: options.homeFlag,
    },
    json ? context.colors.err : context.colors.out,
  );
  const text = `\n${lines.join('\n')}`;
  if (!json) {
    context.print(text);
    return;
  }
  context.say(text);
  context.print(JSON.stringify(result));
}
