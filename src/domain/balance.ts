import { z } from 'zod';

import { sha256Schema } from './artifact.js';
import { botSkills } from './balance-bots.js';
import { enemyKinds } from './night.js';

/** A project's settings for the proof of balance: `balance` in graveshift.json. */
export const balanceSettingsSchema = z.strictObject({
  nights: z
    .int()
    .min(20)
    .max(10_000)
    .default(400)
    .describe('Nights that prove a design; 400 give ± 5 points with 95 % confidence'),
  tolerance: z
    .number()
    .min(0.02)
    .max(0.3)
    .default(0.1)
    .describe("How far survival may be from the difficulty curve's, as a share: 0.1 is ten points"),
  tune: z
    .boolean()
    .default(true)
    .describe("Whether a night's free parameters are moved when survival is out of the band"),
});
export type BalanceSettings = z.infer<typeof balanceSettingsSchema>;

const share = z.number().min(0).max(1);
const seconds = z.number().nonnegative();
const enemyKind = z.enum(enemyKinds);
const skill = z.enum(botSkills);

const fateSchema = z.object({
  skill,
  ending: z.enum(['escaped', 'dawn', 'died']),
  seconds,
  strikes: z.int().nonnegative(),
  /** Kind of the enemy that struck last. */
  killer: enemyKind.optional(),
});

/** What the simulator reports of one night (`luau/balance/Fate.luau`). */
export const nightPlayedSchema = z.object({
  seed: z.int().nonnegative(),
  outcome: z.enum(['escaped', 'dawn', 'lost', 'deserted']),
  seconds,
  fates: z.array(fateSchema).min(1),
  objectivesDone: z.int().nonnegative(),
  finds: z.int().nonnegative(),
  hidings: z.int().nonnegative(),
  revivals: z.int().nonnegative(),
  /** 0 … 1, one every `tensionSampleSeconds`. */
  tension: z.array(share),
  exitOpenedAt: seconds.optional(),
});
export type NightPlayed = z.infer<typeof nightPlayedSchema>;

/** As `SAMPLE_SECONDS` in `luau/balance/Simulator.luau`. */
export const tensionSampleSeconds = 5;

const intervalSchema = z.object({ share, low: share, high: share, trials: z.int().nonnegative() });

/** Numbers of a night that tuning may move, in the order in which people read them. */
export const freeParameters = [
  'enemyCount',
  'enemySpeed',
  'sightRange',
  'hearingRange',
  'safeSeconds',
  'light',
] as const;
export type FreeParameter = (typeof freeParameters)[number];

const parametersSchema = z.record(z.enum(freeParameters), z.number());
export type FreeParameters = z.infer<typeof parametersSchema>;

const tuningStepSchema = z.object({
  /** -1 everything as easy as its bounds allow … 0 as designed … 1 as hard as they allow. */
  hardness: z.number().min(-1).max(1),
  parameters: parametersSchema,
  survival: share,
  nights: z.int().positive(),
});
export type TuningStep = z.infer<typeof tuningStepSchema>;

/** The proof that a night is as hard as it should be. Version 1. */
export const balanceReportSchema = z.object({
  version: z.literal(1),
  night: z.int().positive(),
  /** The design that came in, and the one that was proved: the same where nothing was tuned. */
  design: sha256Schema,
  proved: sha256Schema,
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  /** Why, in words for a person. */
  reasons: z.array(z.string()),
  /** What it was found by. */
  by: z.object({
    runtime: z.string(),
    /** Digest of the Luau that was played: the rules, the bots' code, the simulator. */
    rules: sha256Schema,
    tuningBots: sha256Schema,
    heldOutBots: sha256Schema,
  }),
  party: z.array(skill),
  target: z.object({ survival: share, tolerance: share, low: share, high: share }),
  nights: z.int().positive(),
  /** Of all survivors, with the night as the unit. */
  survival: intervalSchema,
  skills: z.record(skill, z.object({ survival: intervalSchema, escaped: intervalSchema })),
  /** Survival in smaller parties, by few nights: to read, not to judge by. */
  parties: z.array(z.object({ party: z.array(skill), survival: intervalSchema })),
  outcomes: z.record(z.string(), z.int().nonnegative()),
  /** Mean seconds in each phase. */
  phases: z.object({ safe: seconds, hunt: seconds, witching: seconds }),
  /** Means of a night. */
  means: z.object({
    seconds,
    strikes: z.number(),
    objectivesDone: z.number(),
    finds: z.number(),
    hidings: z.number(),
    revivals: z.number(),
  }),
  objectives: z.int().nonnegative(),
  /** Share of the nights in which everything was done, and the mean second at which. */
  exitOpened: z.object({ share, meanSecond: seconds.optional() }),
  /** Who killed, and how many in all nights. */
  deaths: z.record(z.string(), z.int().nonnegative()),
  /** Of the nights that still ran then; `low` and `high` hold eight tenths of them. */
  tension: z.array(
    z.object({ second: seconds, mean: share, low: share, high: share, nights: z.int().positive() }),
  ),
  parameters: z.array(
    z.object({
      name: z.enum(freeParameters),
      before: z.number(),
      after: z.number(),
      easiest: z.number(),
      hardest: z.number(),
    }),
  ),
  /** Each try, in its order; empty where nothing was tuned. */
  tuning: z.array(tuningStepSchema),
  effort: z.object({
    nightsPlayed: z.int().nonnegative(),
    simulatedSeconds: seconds,
    /** Of the machine's, start to end; not the same twice. */
    milliseconds: z.number().nonnegative(),
  }),
  /** What the simulation leaves out. */
  notSimulated: z.array(z.string()),
});
export type BalanceReport = z.infer<typeof balanceReportSchema>;

/** What bots and simulator are not: said with each report. */
export const notSimulated: readonly string[] = [
  'Bots walk from cell to cell at 16 studs/s and do not jump, climb or push each other.',
  'The rules run ten times a second; a server runs them twenty times.',
  'Nobody joins late, leaves or lags, and everybody plays from the first second to the last.',
  'What players hear and see of ambience, captions and camera is not felt by bots.',
];
