import { z } from 'zod';

import { contentRecipeNames, type ContentRecipeName } from './recipes.js';
import { ruleSchema } from './rule.js';

export const contentTypes = [
  'forest',
  'graveyard',
  'ruins',
  'village',
  'dungeon-rooms',
  'scatter-props',
] as const;
export type ContentType = (typeof contentTypes)[number];

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'expected a name: lower-case letters, digits and hyphens, 40 at most, a letter first',
  );
const studs = (most: number) => z.number().positive().max(most);
const coordinate = z.number().min(-100_000).max(100_000);

/** A kind of thing: one of the preset's with some of it changed, or a new one, which needs a recipe. */
const kindSchema = z.strictObject({
  name,
  recipe: z.enum(contentRecipeNames as [ContentRecipeName, ...ContentRecipeName[]]).optional(),
  pattern: z.enum(['even', 'random', 'clusters']).optional(),
  density: z.number().nonnegative().max(1000).optional().describe('per 1,000 square studs'),
  spacing: z.number().nonnegative().max(2000).optional().describe('studs between the middles'),
  maximum: z.int().nonnegative().max(100_000).optional().describe('in the whole area'),
  biomes: z.array(name).max(10).optional(),
  cluster: z.strictObject({ size: z.int().min(2).max(20), radius: studs(200) }).optional(),
  maxSlope: z.number().min(0).max(90).optional().describe('degrees'),
});

/**
 * What is asked of procedural content. Everything but the type has a default, from the type's preset where it says
 * nothing here.
 */
export const contentRequestSchema = z.strictObject({
  contentType: z.enum(contentTypes),
  id: name.optional().describe('Names the content in the project; default: the type'),
  seed: z.int().min(0).max(0xffff_ffff).default(1),
  variationCount: z.int().min(1).max(48).default(12).describe('Meshes, shared out among the kinds'),
  area: z
    .strictObject({
      width: z.number().min(16).max(8192).default(512).describe('studs along x'),
      depth: z.number().min(16).max(8192).default(512).describe('studs along z'),
      origin: z
        .strictObject({ x: coordinate, y: coordinate, z: coordinate })
        .default({ x: 0, y: 0, z: 0 })
        .describe('north-west corner in the world'),
    })
    .prefault({}),
  ground: z
    .enum(['flat', 'world'])
    .default('flat')
    .describe("flat: at the origin's height; world: on terrain and on parts with the tag GraveshiftGround"),
  kinds: z.array(kindSchema).max(12).default([]),
  without: z.array(name).max(12).default([]).describe('Kinds of the preset that shall not be there'),
  rules: z.array(ruleSchema).max(60).default([]),
  biomes: z
    .strictObject({
      scale: z.number().min(8).max(2000).default(96).describe('studs across a patch'),
      shares: z.array(z.strictObject({ name, share: z.number().positive().max(1) })).max(10),
      zones: z
        .array(
          z.strictObject({
            biome: name,
            x: z.number().nonnegative(),
            z: z.number().nonnegative(),
            width: studs(8192),
            depth: studs(8192),
          }),
        )
        .max(40)
        .default([]),
    })
    .optional(),
  performance: z
    .strictObject({
      maxInstances: z.int().min(1).max(20_000).default(3000).describe('alive at once'),
      maxParts: z.int().min(1).max(50_000).default(6000).describe('alive at once'),
      millisecondsPerFrame: z.number().min(0.25).max(10).default(2).describe('for placing and removing'),
      memoryMegabytes: z.number().min(1).max(500).default(60),
    })
    .prefault({}),
  cacheSize: z.int().min(0).max(5000).default(300).describe('Models kept for the next who wants one'),
  streaming: z
    .strictObject({
      radius: z.number().min(16).max(4096).default(160).describe('studs around a player'),
      unloadRadius: z.number().min(16).max(8192).default(224).describe('beyond it content is taken out'),
      chunkStuds: z.number().min(16).max(512).default(64),
    })
    .prefault({}),
  cleanUp: z
    .strictObject({
      mode: z.enum(['pool', 'destroy']).default('pool'),
      idleSeconds: z.number().min(0).max(3600).default(60).describe('0: kept for ever'),
      whenEmpty: z.enum(['keep', 'clear']).default('clear').describe('when no player is left'),
    })
    .prefault({}),
});
export type ContentRequest = z.infer<typeof contentRequestSchema>;
export type RequestedKind = z.infer<typeof kindSchema>;
