import { workflowInfo } from '@temporalio/workflow';

import type { AssetBatchPlan } from '../domain/activities.js';
import type { ArtifactRef } from '../domain/artifact.js';
import type { MeshGeneratorName, NightAsset } from '../domain/asset.js';
import type { PublishTarget } from '../domain/project.js';
import { causeOf, endsTheRun } from './support/failures.js';
import { mapBounded } from './support/map-bounded.js';
import { PipelineRun } from './support/run.js';
import { meshes, uploads } from './support/stations.js';

export type AssetBatchInput = {
  project: string;
  /** Commit that the run starts from. */
  baseCommit: string;
  runId: string;
  batch: AssetBatchPlan;
  /** Generators in order of preference: the next one is tried when one gives up. */
  generators: MeshGeneratorName[];
  target: PublishTarget;
};

export type AssetBatchResult = {
  /** Absent when no asset of the batch could be made. */
  manifest?: ArtifactRef;
  contactSheet?: ArtifactRef;
  made: number;
  reused: number;
  costUsd: number;
  /** Assets that no generator could make, or that could not be uploaded. */
  failed: { id: string; kind: string; problem: string }[];
};

/** Assets in the works at a time: enough to keep generator and upload busy, few enough that a pause bites soon. */
const inFlight = 4;

/** Makes and uploads the assets of one batch. An asset that fails does not stop the others: the parent is told. */
export async function assetBatch(input: AssetBatchInput): Promise<AssetBatchResult> {
  const { batch } = input;
  const run = new PipelineRun({
    title: `Assets ${batch.id}`,
    slug: batch.id,
    requestedBy: 'graveshift',
    searchable: false,
    steps: [
      { id: 'assets', title: `Make and upload ${batch.assets.length} assets`, weight: batch.assets.length },
      { id: 'seal', title: 'Write the manifest', weight: 1 },
    ],
  });
  const failed: AssetBatchResult['failed'] = [];
  let done = 0;

  const results = await run.step(
    'assets',
    () =>
      mapBounded(batch.assets, inFlight, async ({ id }) => {
        await run.controls.whilePaused();
        try {
          const asset = await makeAsset(input, id);
          run.note('assets', `${++done} of ${batch.assets.length}`);
          return asset;
        } catch (error) {
          if (endsTheRun(error)) throw error;
          const { kind, message } = causeOf(error);
          failed.push({ id, kind, problem: message.slice(0, 500) });
          return undefined;
        }
      }),
    // The parent asks for attention: nobody looks for it here.
    { failFast: true },
  );
  const assets = results.filter((asset) => asset !== undefined);
  const sealed =
    assets.length === 0
      ? {}
      : await run.step(
          'seal',
          () => meshes(`Write the manifest of ${batch.id}`).sealAssets({ batch: batch.id, assets }),
          { failFast: true },
        );
  return {
    ...sealed,
    made: assets.length,
    reused: assets.filter((asset) => asset.reused).length,
    costUsd: assets.reduce((sum, asset) => sum + asset.costUsd, 0),
    failed,
  };
}

/** One asset, by the first generator that can make it. */
async function makeAsset(input: AssetBatchInput, assetId: string): Promise<NightAsset> {
  const { batch, project, baseCommit, runId, target } = input;
  for (const [index, generator] of input.generators.entries()) {
    try {
      const asset = await meshes(`Make the mesh of ${assetId} (${generator})`).generateAsset({
        specs: batch.specs,
        assetId,
        generator,
      });
      const uploaded = await uploads(`Upload ${assetId}`).uploadAsset({
        project,
        baseCommit,
        runId,
        asset,
        target,
      });
      return { ...asset, ...uploaded };
    } catch (error) {
      const last = index === input.generators.length - 1;
      if (last || endsTheRun(error) || causeOf(error).kind !== 'AssetGenerationFailure') throw error;
    }
  }
  throw new Error(`No generator for ${assetId} in ${workflowInfo().workflowId}`);
}
