import { ParentClosePolicy, startChild } from '@temporalio/workflow';

import type { AssetBatchPlan } from '../../domain/activities.js';
import type { ArtifactRef } from '../../domain/artifact.js';
import type { MeshGeneratorName } from '../../domain/asset.js';
import type { ProjectSnapshot } from '../../domain/project.js';
import { assetBatch, type AssetBatchResult } from '../asset-batch.js';
import { failRun } from './failures.js';
import type { PipelineRun } from './run.js';

export type MadeAssets = {
  /** One manifest per batch and round, in the store. */
  manifests: ArtifactRef[];
  made: number;
  /** How many of them the store already had. */
  reused: number;
};

/**
 * Makes one group of assets as a step, a child workflow per batch. When some fail, the step asks for attention;
 * retrying makes only those. Skipped ones are missing from the night: the game shows placeholders.
 */
export async function makeAssets(
  run: PipelineRun,
  stepId: string,
  project: ProjectSnapshot,
  batches: AssetBatchPlan[],
): Promise<MadeAssets> {
  const made: MadeAssets = { manifests: [], made: 0, reused: 0 };
  let left = batches;
  let round = 0;

  const makeWith = async (generators: MeshGeneratorName[]): Promise<void> => {
    round++;
    const settled = await Promise.allSettled(
      left.map((batch) => makeBatch(run, stepId, project, { batch, generators, round })),
    );
    const broken = settled.find((outcome) => outcome.status === 'rejected');
    if (broken) throw broken.reason;
    const results = settled.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    left = left.flatMap((batch, index) => withOnly(batch, results[index]?.failed ?? []));
    for (const result of results) {
      made.made += result.made;
      made.reused += result.reused;
      run.costUsd += result.costUsd;
      if (result.manifest) made.manifests.push(result.manifest);
    }
    run.note(stepId, `${made.made} assets, ${made.reused} of them found in the store`);
    refuseOverspending(run, project);
    const problems = results.flatMap(({ failed }) => failed.map(({ id, problem }) => `${id}: ${problem}`));
    if (problems.length > 0) throw failRun('AssetGenerationFailure', problems.join('\n'));
  };

  const generators = project.config.generators.mesh;
  const rotated = [...generators.slice(1), ...generators.slice(0, 1)];
  await run.step(stepId, () => makeWith(generators), {
    skip: () => undefined,
    ...(generators.length > 1 && { alternative: () => makeWith(rotated) }),
  });
  return made;
}

async function makeBatch(
  run: PipelineRun,
  stepId: string,
  project: ProjectSnapshot,
  work: { batch: AssetBatchPlan; generators: MeshGeneratorName[]; round: number },
): Promise<AssetBatchResult> {
  const { batch, generators, round } = work;
  const child = await startChild(assetBatch, {
    workflowId: [run.workflowId, batch.id, ...(round > 1 ? [round] : [])].join('/'),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${batch.id}: ${batch.assets.length} assets`,
    args: [
      {
        project: project.name,
        baseCommit: project.baseCommit,
        runId: run.id,
        batch,
        generators,
        target: project.target,
      },
    ],
  });
  return run.withChild(stepId, child);
}

function withOnly(batch: AssetBatchPlan, failed: AssetBatchResult['failed']): AssetBatchPlan[] {
  const ids = new Set(failed.map(({ id }) => id));
  return ids.size === 0 ? [] : [{ ...batch, assets: batch.assets.filter(({ id }) => ids.has(id)) }];
}

function refuseOverspending(run: PipelineRun, project: ProjectSnapshot): void {
  const { runUsd } = project.config.budget;
  if (run.costUsd <= runUsd) return;
  throw failRun(
    'BudgetExceeded',
    `the run has spent $${run.costUsd.toFixed(2)}, and budget.runUsd of ${project.name} is $${runUsd.toFixed(2)}`,
  );
}
