import { z } from 'zod';

import { assetSpecSchema } from '../asset.js';
import { contentTypes } from './request.js';

const text = z.string();
const studs = z.number().nonnegative();
const distance = z.strictObject({ kind: text, within: studs });

/** As `Types.Config` of luau/content: one thing of the game is described once, there. */
const contentKindSchema = z.strictObject({
  name: text,
  variations: z.array(text).min(1),
  radius: z.number().positive(),
  pattern: z.enum(['even', 'random', 'clusters']),
  density: z.number().nonnegative(),
  spacing: studs,
  maximum: z.int().nonnegative(),
  biomes: z.array(text),
  near: z.array(distance),
  neverNear: z.array(distance),
  cluster: z.strictObject({ size: z.int().min(2), radius: studs }).optional(),
  maxSlope: z.number(),
  yaw: z.enum(['any', 'quarter']),
  parts: z.int().positive(),
});
export type ContentKind = z.infer<typeof contentKindSchema>;

const contentTilesSchema = z.strictObject({
  cellStuds: z.number().positive(),
  wallHeight: z.number().positive(),
  wallThickness: z.number().positive(),
  doorStuds: z.number().positive(),
  loops: z.number().min(0).max(1),
  decay: z.number().min(0).max(1),
  kinds: z.array(
    z.strictObject({
      name: text,
      weight: z.number().positive(),
      fewestDoors: z.int(),
      mostDoors: z.int(),
      maximum: z.int(),
    }),
  ),
  neverJoined: z.array(z.strictObject({ first: text, second: text })),
});
export type ContentTiles = z.infer<typeof contentTilesSchema>;

export const contentConfigSchema = z.strictObject({
  id: text,
  contentType: z.enum(contentTypes),
  seed: z.int(),
  origin: z.strictObject({ x: z.number(), y: z.number(), z: z.number() }),
  width: z.number().positive(),
  depth: z.number().positive(),
  chunkStuds: z.number().positive(),
  ground: z.enum(['flat', 'world']),
  kinds: z.array(contentKindSchema).min(1),
  biomes: z.strictObject({
    scale: z.number().positive(),
    shares: z.array(z.strictObject({ name: text, share: z.number() })),
    zones: z.array(
      z.strictObject({ biome: text, x: z.number(), z: z.number(), width: z.number(), depth: z.number() }),
    ),
  }),
  keepClear: z.array(z.strictObject({ x: z.number(), z: z.number(), radius: z.number() })),
  tiles: contentTilesSchema.optional(),
  limits: z.strictObject({ instances: z.int(), parts: z.int(), milliseconds: z.number() }),
  streaming: z.strictObject({ radius: z.number(), unloadRadius: z.number() }),
  cache: z.strictObject({ models: z.int(), layouts: z.int() }),
  cleanUp: z.strictObject({
    mode: z.enum(['pool', 'destroy']),
    idleSeconds: z.number(),
    whenEmpty: z.enum(['keep', 'clear']),
  }),
});
export type ContentConfig = z.infer<typeof contentConfigSchema>;

/** What a content will be, in the store as JSON: its data for the game, and the meshes to make. */
export const contentPlanSchema = z.strictObject({
  version: z.literal(1),
  config: contentConfigSchema,
  assets: z.array(assetSpecSchema),
  /** What all of it takes at most, estimated. */
  memoryMegabytes: z.number(),
});
export type ContentPlan = z.infer<typeof contentPlanSchema>;
