import type { PipelineType, RunEnd } from '../../client.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { Connected } from '../connect.js';
import type { CliContext } from '../context.js';
import { preparePipeline, startPipeline, type StartedRun } from '../pipelines.js';
import { describeEnd } from '../run-end.js';
import { createLiveView } from '../view/live-view.js';
import { pollInterval, watchRun } from '../watch-run.js';
import { createAnswers, type DemoPerson } from './answer-run.js';
import type { DemoProject } from './demo-project.js';

/** What all runs of one demo share. */
export type DemoScene = {
  context: CliContext;
  connected: Connected;
  project: DemoProject;
  person: DemoPerson;
  signal: AbortSignal;
};

export type DemoRun = StartedRun & { end: RunEnd };

/** Starts a pipeline, shows it until it ends, and answers what it asks. */
export async function carryThrough(
  scene: DemoScene,
  type: PipelineType,
  { input, title, onStart }: { input: object; title: string; onStart?: (run: StartedRun) => void },
): Promise<DemoRun> {
  const { context, connected, project, person, signal } = scene;
  const { client, address } = connected;
  const request = preparePipeline(type, { ...input, project: project.name }, person.name);
  const run = await startPipeline(connected, request);
  onStart?.(run);
  const view = createLiveView(context);
  const { end } = await watchRun({
    client,
    run: run.workflowId,
    title: `${title} (${run.workflowId})`,
    view,
    signal,
    everyMs: pollInterval(address),
    onProgress: createAnswers({ context, connected, run, view, person, signal }),
  });
  await refuseUnseen(connected, run);
  return { ...run, end };
}

/** A run of the demo that was rejected, cancelled or failed: what would follow does not. */
export class DemoStopped extends Error {
  constructor(readonly run: DemoRun) {
    super(`${run.workflowId} ${describeEnd(run.end)}`);
    this.name = 'DemoStopped';
  }
}

/** @throws DemoStopped when the run did not succeed */
export function resultOf(run: DemoRun): unknown {
  if (run.end.outcome !== 'succeeded') throw new DemoStopped(run);
  return run.end.result;
}

/** A run that continued as new would have more than one history to count. */
async function refuseUnseen({ client }: Connected, run: StartedRun): Promise<void> {
  const { runId } = await client.describe(run.workflowId);
  if (runId === run.runId) return;
  throw new GraveshiftError(
    'AlreadyRunning',
    `${run.workflowId} was started again meanwhile, as run ${runId}`,
    { details: { workflowId: run.workflowId, runId } },
  );
}
