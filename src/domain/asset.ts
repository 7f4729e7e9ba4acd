import { z } from 'zod';

import { artifactRefSchema, sha256Schema } from './artifact.js';

export const assetRoles = ['building', 'prop', 'atmosphere', 'enemy'] as const;
export const assetRoleSchema = z.enum(assetRoles);
export type AssetRole = z.infer<typeof assetRoleSchema>;

export const meshGeneratorNames = ['procedural', 'cube3d'] as const;
export const meshGeneratorSchema = z.enum(meshGeneratorNames);
export type MeshGeneratorName = z.infer<typeof meshGeneratorSchema>;

/** Size in studs (1 stud = 0.28 m) along x (right), y (up) and z (back). */
export const sizeStudsSchema = z.object({
  x: z.number().positive().max(2048),
  y: z.number().positive().max(2048),
  z: z.number().positive().max(2048),
});
export type SizeStuds = z.infer<typeof sizeStudsSchema>;

/** What to make. Equal specs give equal bytes with a deterministic generator. */
export const assetSpecSchema = z.object({
  /** Unique in its night, kebab-case, such as `enemy-stalker-2`. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  role: assetRoleSchema,
  /** Recipe of the procedural generator, such as `dead-tree`. */
  recipe: z.string().min(1),
  /** The same in words, for generators that read words. */
  prompt: z.string().min(1).max(300),
  sizeStuds: sizeStudsSchema,
  triangleBudget: z.int().min(12).max(20_000),
  /** 32-bit seed. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** Recipe parameters, such as `{decay: 0.6}`. */
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
});
export type AssetSpec = z.infer<typeof assetSpecSchema>;

export type MeshStatistics = {
  triangles: number;
  vertices: number;
  materials: number;
  /** Bounds of the mesh in studs. */
  sizeStuds: SizeStuds;
  /** Cubic studs; positive for a closed, outward-facing surface. */
  volume: number;
  watertight: boolean;
};

/** What a generator answers. */
export type GeneratedMesh = {
  glb: Uint8Array;
  thumbnailPng: Uint8Array;
  statistics: MeshStatistics;
  /** What made it: enough to make it again, and to know its licence. */
  provenance: Record<string, unknown>;
};

/** A mesh generator. `version` changes whenever its output for an equal spec could. */
export interface MeshGenerator {
  readonly name: MeshGeneratorName;
  readonly version: string;
  generate(spec: AssetSpec, options: { signal: AbortSignal }): Promise<GeneratedMesh>;
}

/** A generated asset as it travels between activities. */
export const generatedAssetSchema = z.object({
  id: z.string(),
  role: assetRoleSchema,
  recipe: z.string(),
  generator: meshGeneratorSchema,
  /** Cache key: SHA-256 of generator, version and spec. */
  key: sha256Schema,
  mesh: artifactRefSchema,
  thumbnail: artifactRefSchema,
  provenance: artifactRefSchema,
  triangles: z.int().positive(),
  sizeStuds: sizeStudsSchema,
  /** True when the store already had it: nothing was made or spent. */
  reused: z.boolean(),
  costUsd: z.number().nonnegative(),
});
export type GeneratedAsset = z.infer<typeof generatedAssetSchema>;

/** What was made before, by cache key. It holds references only: the bytes are in the artifact store, or no longer. */
export interface AssetIndex {
  find(key: string): Promise<GeneratedAsset | undefined>;
  /** Remembers the asset under its key; an entry that was there is replaced. */
  record(asset: GeneratedAsset): Promise<void>;
}

export const moderationStateSchema = z.enum(['reviewing', 'approved', 'rejected']);

/** Where the asset lives on Roblox. Asset ids are int64: strings here, always. */
export const uploadedAssetSchema = z.object({
  assetId: z.string().regex(/^[0-9]{1,19}$/),
  moderation: moderationStateSchema,
});
export type UploadedAsset = z.infer<typeof uploadedAssetSchema>;

/** One asset of a night, made and uploaded. */
export const nightAssetSchema = generatedAssetSchema.extend(uploadedAssetSchema.shape);
export type NightAsset = z.infer<typeof nightAssetSchema>;

/** What a batch of assets hands over, kept in the store as JSON. */
export const assetManifestSchema = z.object({ assets: z.array(nightAssetSchema) });
export type AssetManifest = z.infer<typeof assetManifestSchema>;

/** The project's lock file `assets.lock.json`: `host/creator/sha256` → asset id, so no emulator id passes for a real one. */
export const assetLockSchema = z.object({
  version: z.literal(1),
  assets: z.record(
    z.string().regex(/^[a-z]+\/(user|group):[0-9]+\/[0-9a-f]{64}$/),
    z.object({ assetId: z.string(), name: z.string() }),
  ),
});
export type AssetLock = z.infer<typeof assetLockSchema>;

export function assetLockKey(host: string, creator: { type: string; id: string }, sha256: string): string {
  return `${host}/${creator.type}:${creator.id}/${sha256}`;
}
