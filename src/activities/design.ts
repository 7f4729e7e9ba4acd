import type { AssetBatchPlan, DesignActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import type { AssetSpec } from '../domain/asset.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { designNight } from '../domain/night-design.js';

/** A child workflow makes one batch: small enough for its history, large enough to be worth a child. */
const largestBatch = 12;

export function createDesignActivities({ artifacts }: { artifacts: ArtifactStore }): DesignActivities {
  const putJson = (value: unknown) =>
    artifacts.put(new TextEncoder().encode(canonicalJson(value)), 'application/json');

  const planBatches = (name: string, specs: readonly AssetSpec[]): Promise<AssetBatchPlan[]> =>
    Promise.all(
      evenBatches(specs).map(async (batch, index) => ({
        id: `${name}-${index + 1}`,
        specs: await putJson(batch),
        assets: batch.map(({ id, role, recipe }) => ({ id, role, recipe })),
      })),
    );

  return {
    async designNight(input) {
      const design = designNight(input);
      const isEnemy = (spec: AssetSpec) => spec.role === 'enemy';
      return {
        design: await putJson(design),
        difficulty: design.difficulty,
        environment: await planBatches(
          'environment',
          design.assets.filter((spec) => !isEnemy(spec)),
        ),
        enemies: await planBatches('enemies', design.assets.filter(isEnemy)),
      };
    },
  };
}

/** As few batches as the limit allows, of nearly equal size, so that they end at nearly the same time. */
function evenBatches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / largestBatch);
  return Array.from({ length: count }, (_, index) =>
    items.slice(Math.floor((index * items.length) / count), Math.floor(((index + 1) * items.length) / count)),
  );
}
