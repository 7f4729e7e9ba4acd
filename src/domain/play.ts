import { z } from 'zod';

/** Luau has one empty table: a list without members is reported as `[]`, and so is a record without fields. */
const list = <Item extends z.ZodType>(item: Item) => z.array(item);

const scriptErrorSchema = z.object({
  /** Full name of the script, such as `ServerScriptService.Server.Main`. */
  script: z.string(),
  side: z.enum(['server', 'client', 'engine']),
  message: z.string(),
  /** Lines of the stack, innermost first; the model's own left out. */
  traceback: list(z.string()),
  /** Simulated seconds after the server's start. */
  at: z.number(),
  /** Such as `night 1`, `hostile`, or a scenario's name. */
  during: z.string(),
  count: z.int(),
});

const foundSchema = z.object({
  errors: list(scriptErrorSchema),
  warnings: list(z.object({ script: z.string(), message: z.string(), at: z.number(), count: z.int() })),
  notSimulated: list(z.string()),
});

export const playSkills = ['novice', 'average', 'expert'] as const;

const playedNightSchema = z.object({
  /** `escaped`, `dawn`, `lost`, …; `unfinished` where the night did not end in time. */
  outcome: z.string(),
  phases: list(z.object({ phase: z.string(), seconds: z.number() })),
  /** 0 … 1 over the seconds since the night began. */
  tension: list(z.object({ at: z.number(), value: z.number() })),
  objectives: z.int(),
  objectivesDone: z.int(),
  survivors: list(
    z.object({
      skill: z.enum(playSkills),
      survived: z.boolean(),
      life: z.string(),
      walkedStuds: z.number(),
      prompts: z.int(),
    }),
  ),
  seconds: z.number(),
});

const countsSchema = z.object({ instances: z.int(), connections: z.int(), threads: z.int() });
export type PlayCounts = z.infer<typeof countsSchema>;

const nightsSchema = z.object({
  nights: list(playedNightSchema),
  /** What there is after each night, when all of it should be gone. */
  samples: list(countsSchema),
  unreachablePrompts: list(z.string()),
  /** Modules that wait while they are loaded: whoever requires them waits, too. */
  slowModules: list(z.string()),
  /** Simulated. */
  seconds: z.number(),
  /** How often the server and the clients resumed a thread per simulated second: the work of a tick. */
  resumesPerSecond: z.number(),
});

const attemptSchema = z.object({ remotes: list(z.string()), fired: z.int(), gains: list(z.string()) });

const scenarioResultSchema = z.object({
  name: z.string(),
  passed: z.boolean(),
  problem: z.string().optional(),
  /** How many expectations were met or failed. */
  expectations: z.int(),
  seconds: z.number(),
  hostile: attemptSchema,
});

const idleSchema = z.object({ slowModules: list(z.string()), unreachablePrompts: list(z.string()) });
const hostileSchema = attemptSchema.extend({
  /** How many more there are after the attempt than before. */
  threads: z.int(),
  instances: z.int(),
});

/** What the program of luau/play reports: one message a part. */
export const playPartSchema = z.discriminatedUnion('part', [
  z.object({ part: z.literal('nights'), result: nightsSchema, found: foundSchema }),
  z.object({ part: z.literal('scenarios'), result: list(scenarioResultSchema), found: foundSchema }),
  z.object({ part: z.literal('idle'), result: idleSchema, found: foundSchema }),
  z.object({ part: z.literal('hostile'), result: hostileSchema, found: foundSchema }),
]);

/**
 * What a headless play found. The same place, scenarios and seed give the same report with one runtime.
 * docs/headless-play.md
 */
export const playReportSchema = z.object({
  version: z.literal(1),
  /** SHA-256 of the place file. */
  place: z.string(),
  subject: z.enum(['night', 'feature', 'content']),
  seed: z.int(),
  runtime: z.enum(['luau-kit', 'luau-web']),
  /** Why the play came to no end: the runtime's words. */
  stopped: z
    .object({ why: z.enum(['error', 'timeout', 'memory', 'crashed']), message: z.string() })
    .optional(),
  nights: nightsSchema.optional(),
  scenarios: list(scenarioResultSchema).optional(),
  idle: idleSchema.optional(),
  hostile: hostileSchema.optional(),
  /** What grows from night to night. */
  leaks: list(z.object({ what: z.enum(['instances', 'connections', 'threads']), counts: list(z.int()) })),
  errors: list(scriptErrorSchema),
  warnings: foundSchema.shape.warnings,
  /** What the game asked of the engine that the model does not have. */
  notSimulated: list(z.string()),
  output: list(z.string()),
});
export type PlayReport = z.infer<typeof playReportSchema>;

/** Growth that goes on for this many nights is none that settles. */
const leakingNights = 5;

/** What is more after every one of the last nights than after the one before. */
export function findLeaks(samples: readonly PlayCounts[]): PlayReport['leaks'] {
  const last = samples.slice(-leakingNights - 1);
  if (last.length <= leakingNights) return [];
  return (['instances', 'connections', 'threads'] as const).flatMap((what) => {
    const counts = last.map((sample) => sample[what]);
    const grows = counts.every((count, index) => index === 0 || count > (counts[index - 1] ?? count));
    return grows ? [{ what, counts: samples.map((sample) => sample[what]) }] : [];
  });
}
