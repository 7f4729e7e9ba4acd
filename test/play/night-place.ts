import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateNight, readLuauPackage } from '../../src/adapters/luau/index.js';
import { buildPlaceFile, findRojo } from '../../src/adapters/rojo/index.js';
import type { NightAsset } from '../../src/domain/asset.js';
import { designNight } from '../../src/domain/night-design.js';
import type { NightDesign } from '../../src/domain/night.js';
import { projectConfigSchema } from '../../src/domain/project.js';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const refOf = (text: string) => ({
  sha256: hashOf(text),
  bytes: text.length,
  mediaType: 'model/gltf-binary',
});

const village = join(import.meta.dirname, '..', '..', 'examples', 'haunted-village');

/** The design that the example project gets for a night. */
export async function designOf(night: number): Promise<NightDesign> {
  const config = projectConfigSchema.parse(
    JSON.parse(await readFile(join(village, 'graveshift.json'), 'utf8')),
  );
  return designNight({ project: config.name, night, season: config.season });
}

const uploaded = (design: NightDesign): NightAsset[] =>
  design.assets.map((spec, index) => ({
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

export type PlaceChanges = {
  /** Path in the project → text; added to or put in the place of what the generator wrote. */
  files?: Readonly<Record<string, string>>;
  design?: NightDesign;
};

/** The example project with a generated night in it, built by Rojo. */
export async function buildNightPlace(
  night: number,
  { files = {}, design }: PlaceChanges = {},
): Promise<Uint8Array> {
  const planned = design ?? (await designOf(night));
  const generated = generateNight(
    {
      design: planned,
      assets: uploaded(planned),
      target: { host: 'roblox', creator: { type: 'user', id: '5' } },
      shared: { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] },
      serverFolder: 'src/server',
      existingNights: [],
      existingLock: undefined,
    },
    await readLuauPackage(),
  );
  return buildProject(new Map([...generated, ...Object.entries(files)]));
}

/** The example project with these files over it, built by Rojo. */
export async function buildProject(files: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'graveshift-play-'));
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
