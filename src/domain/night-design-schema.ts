import { z } from 'zod';

import { assetSpecSchema } from './asset.js';
import { nightNumberSchema } from './difficulty.js';
import { enemyKinds, objectiveKinds, type NightDesign } from './night.js';

const share = z.number().min(0).max(1);
const seconds = z.number().positive();
const studs = z.number().positive();
const point = z.object({ x: z.int().nonnegative(), y: z.int().nonnegative() });
const enemyKind = z.enum(enemyKinds);
const identifier = z.string().min(1).max(80);

const difficultySchema = z.object({
  night: nightNumberSchema,
  breather: z.boolean(),
  intensity: share,
  enemyCount: z.int().nonnegative(),
  enemyKinds: z.array(enemyKind),
  enemySpeed: studs,
  sightRange: studs,
  hearingRange: studs,
  objectiveCount: z.int().nonnegative(),
  light: share,
  durationSeconds: seconds,
  safeSeconds: z.number().nonnegative(),
  lootCount: z.int().nonnegative(),
  targetSurvivalRate: share,
});

const mapSchema = z
  .object({
    cellStuds: studs,
    width: z.int().min(3).max(512),
    height: z.int().min(3).max(512),
    cells: z.array(z.string().regex(/^[#.,]+$/, 'expected rows of "#", "." and ","')),
    rooms: z.array(
      point.extend({
        id: identifier,
        width: z.int().positive(),
        height: z.int().positive(),
        kind: identifier,
      }),
    ),
    playerSpawn: point,
    objectives: z.array(point.extend({ id: identifier, kind: z.enum(objectiveKinds), roomId: identifier })),
    hidingPlaces: z.array(point),
    enemySpawns: z.array(point.extend({ kind: enemyKind })),
    loot: z.array(point),
    lamps: z.array(point),
    placements: z.array(
      point.extend({ assetId: identifier, span: z.int().positive().max(99), rotation: z.number() }),
    ),
  })
  .refine(
    (map) => map.cells.length === map.height && map.cells.every((row) => row.length === map.width),
    'expected "height" rows of "width" cells',
  );

/** A night design as it is kept in the store. What it says about reachability is proved by the `map` gate, not here. */
export const nightDesignSchema: z.ZodType<NightDesign> = z.object({
  night: nightNumberSchema,
  seed: z.int().min(0).max(0xffff_ffff),
  theme: z.string().min(1).max(120),
  difficulty: difficultySchema,
  assets: z.array(assetSpecSchema),
  map: mapSchema,
});
