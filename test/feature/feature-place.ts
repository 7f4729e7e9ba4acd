import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateFeatures, readFeaturePackage } from '../../src/adapters/luau/index.js';
import { buildPlaceFile, findRojo } from '../../src/adapters/rojo/index.js';
import type { NightAsset } from '../../src/domain/asset.js';
import { planFeatures, type FeaturePlan } from '../../src/domain/feature/plan.js';
import { featureWishSchema } from '../../src/domain/feature/request.js';
import { seasonSchema } from '../../src/domain/project.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const refOf = (text: string) => ({
  sha256: hashOf(text),
  bytes: text.length,
  mediaType: 'model/gltf-binary',
});
const village = join(import.meta.dirname, '..', '..', 'examples', 'haunted-village');

export const mounts = {
  server: { folder: 'src/server', instance: ['ServerScriptService', 'Server'] },
  client: { folder: 'src/client', instance: ['StarterPlayer', 'StarterPlayerScripts', 'Client'] },
};

export function planOf(wish: unknown): FeaturePlan {
  return planFeatures({ wish: featureWishSchema.parse(wish), season: seasonSchema.parse({}) });
}

export function uploaded(plan: FeaturePlan): NightAsset[] {
  return plan.assets.map((spec, index) => ({
    id: spec.id,
    role: spec.role,
    recipe: spec.recipe,
    generator: 'procedural',
    key: hashOf(`key ${spec.id}`),
    mesh: refOf(`mesh ${spec.id}`),
    thumbnail: refOf(`thumbnail ${spec.id}`),
    provenance: refOf(`provenance ${spec.id}`),
    triangles: 400,
    sizeStuds: spec.sizeStuds,
    reused: false,
    costUsd: 0,
    assetId: String(9000 + index),
    moderation: 'approved',
  }));
}

export async function filesOf(
  plan: FeaturePlan,
  changes: Partial<Parameters<typeof generateFeatures>[0]> = {},
): Promise<Map<string, string>> {
  return generateFeatures(
    {
      plan,
      assets: uploaded(plan),
      target: { host: 'roblox', creator: { type: 'user', id: '5' } },
      ...mounts,
      existing: [],
      existingLock: undefined,
      ...changes,
    },
    await readFeaturePackage(),
  );
}

/** The example project with the features in it, built by Rojo. */
export async function buildFeaturePlace(files: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'graveshift-feature-'));
  try {
    await cp(village, folder, { recursive: true });
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const rojo = await findRojo({ env: process.env });
    return await buildPlaceFile({ rojo, environment: process.env }, folder, 'default.project.json');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
