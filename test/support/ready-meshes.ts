import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { createAssetGenerationActivities } from '../../src/activities/asset-generation.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { withFileLock } from '../../src/adapters/files/file-lock.js';
import { createFileAssetIndex, createProceduralGenerator } from '../../src/adapters/mesh/index.js';
import { parseProjectConfig } from '../../src/adapters/projects/project-config.js';
import { designNight } from '../../src/domain/night-design.js';

const example = 'examples/haunted-village/graveshift.json';
const nights = [1, 2];

/**
 * Puts the meshes of the example's first nights into a store and an asset index, as an earlier night would have left
 * them: most tests are about something else than the seconds in which meshes are made. They are made once for a test
 * run, in its folder, by whichever test comes first.
 */
export async function placeReadyMeshes(
  runFolder: string,
  home: { store: string; assetIndex: string },
): Promise<void> {
  const made = path.join(runFolder, 'made');
  await mkdir(made, { recursive: true });
  const ready = path.join(runFolder, 'ready');
  await withFileLock(made, {}, async () => {
    const isReady = await readFile(path.join(ready, 'done')).then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await rm(ready, { recursive: true, force: true });
    const work = path.join(runFolder, 'work');
    await rm(work, { recursive: true, force: true });
    await makeMeshes({ store: path.join(work, 'store'), assetIndex: path.join(work, 'asset-index') });
    await cp(example, path.join(work, 'done'));
    await rename(work, ready);
  });
  await cp(path.join(ready, 'store'), home.store, { recursive: true });
  await cp(path.join(ready, 'asset-index'), home.assetIndex, { recursive: true });
}

async function makeMeshes(home: { store: string; assetIndex: string }): Promise<void> {
  const artifacts = createFileArtifactStore({ directory: home.store });
  const { generateAsset } = createAssetGenerationActivities({
    artifacts,
    index: createFileAssetIndex({ directory: home.assetIndex }),
    generators: [createProceduralGenerator()],
  });
  const { season } = parseProjectConfig(await readFile(example, 'utf8'), 'haunted-village');
  const wanted = nights.flatMap((night) => designNight({ project: 'village', night, season }).assets);
  const byId = new Map(wanted.map((spec) => [spec.id, spec]));
  const specs = await artifacts.put(
    new TextEncoder().encode(JSON.stringify([...byId.values()])),
    'application/json',
  );
  for (const assetId of byId.keys()) await generateAsset({ specs, assetId, generator: 'procedural' });
}
