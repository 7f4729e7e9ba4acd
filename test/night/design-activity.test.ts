import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createDesignActivities } from '../../src/activities/design.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import type { ArtifactStore } from '../../src/domain/artifact.js';
import { assetSpecSchema } from '../../src/domain/asset.js';
import { designNight } from '../../src/domain/night-design.js';
import { season } from './seasons.js';

describe('the activity designNight', () => {
  let folder: string;
  let artifacts: ArtifactStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graveshift-design-'));
    artifacts = createFileArtifactStore({ directory: folder });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const readJson = async (ref: { sha256: string }): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await artifacts.get(ref)));

  it.each([1, 8, 60])(
    'splits night %s into batches of 12 at most, and hands over references',
    async (night) => {
      const input = { project: 'demo', night, season: season() };
      const plan = await createDesignActivities({ artifacts }).designNight(input);
      const design = designNight(input);

      expect(await readJson(plan.design)).toEqual(JSON.parse(JSON.stringify(design)));
      expect(plan.difficulty).toEqual(design.difficulty);
      const batches = [...plan.environment, ...plan.enemies];
      expect(new Set(batches.map((batch) => batch.id)).size).toBe(batches.length);
      for (const batch of batches) {
        expect(batch.assets.length).toBeGreaterThan(0);
        expect(batch.assets.length).toBeLessThanOrEqual(12);
        const specs = assetSpecSchema.array().parse(await readJson(batch.specs));
        expect(specs.map(({ id, role, recipe }) => ({ id, role, recipe }))).toEqual(batch.assets);
      }
      const ids = (plans: typeof batches) => plans.flatMap((batch) => batch.assets.map((asset) => asset.id));
      const expected = (enemy: boolean) =>
        design.assets.filter((asset) => (asset.role === 'enemy') === enemy).map((asset) => asset.id);
      expect(ids(plan.environment)).toEqual(expected(false));
      expect(ids(plan.enemies)).toEqual(expected(true));
      expect(JSON.stringify(plan).length).toBeLessThan(8 * 1024);
    },
  );

  it('stores nothing new when it is asked again', async () => {
    const activities = createDesignActivities({ artifacts });
    const input = { project: 'demo', night: 3, season: season() };
    expect(await activities.designNight(input)).toEqual(await activities.designNight(input));
  });
});
