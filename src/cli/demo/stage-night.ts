import { countRunActions } from '../../adapters/temporal/index.js';
import type { StartedRun } from '../pipelines.js';
import { demoResult, stagedNightSchema, type DemoResult, type StagedNight } from './demo-result.js';
import { carryThrough, resultOf, type DemoScene } from './demo-run.js';

export type DemoNight = { run: StartedRun; staged: StagedNight; result: DemoResult };

/**
 * Makes a night, from the plan to staging.
 *
 * @param startedMs from when on its duration counts, as of `performance.now()`
 * @throws DemoStopped when it was not staged
 */
export async function stageNight(
  scene: DemoScene,
  night: number,
  { startedMs, onStart }: { startedMs: number; onStart?: (run: StartedRun) => void },
): Promise<DemoNight> {
  const run = await carryThrough(scene, 'horrorNight', {
    input: { night },
    title: `Night ${night} of ${scene.project.name}`,
    ...(onStart && { onStart }),
  });
  const staged = stagedNightSchema.parse(resultOf(run));
  const cost = await countRunActions(scene.connected.client.temporal, run);
  const durationMs = Math.round(performance.now() - startedMs);
  return { run, staged, result: demoResult(staged, { runId: run.runId, durationMs, ...cost }) };
}
