import { z } from 'zod';

export const logSeveritySchema = z.enum(['output', 'info', 'warning', 'error']);

export const serverLogSchema = z.strictObject({
  severity: logSeveritySchema,
  message: z.string().min(1),
  stackTrace: z.string().optional(),
  /** After the server's start. */
  afterMs: z.int().nonnegative().default(0),
});

const behaviourShape = {
  /** A version by its number. Neither this nor `containing`: every version. */
  version: z.int().positive().optional(),
  /** Versions with a script whose source holds this text. */
  containing: z.string().min(1).optional(),
  /** A server of it ends this long after its start, and another one takes its place. */
  crashAfterMs: z.int().min(100).optional(),
  /** How it ends. */
  crashesAs: z.enum(['crashed', 'out_of_memory']).default('crashed'),
  frameRate: z.number().nonnegative().optional(),
  memoryBytes: z.int().nonnegative().optional(),
  /** Crashes of clients for each 1,000 sessions. */
  clientCrashRate: z.number().nonnegative().optional(),
  logs: z.array(serverLogSchema).default([]),
};

/** How servers of some versions of a place behave. */
export const newBehaviourSchema = z.strictObject(behaviourShape);
export type NewBehaviour = z.input<typeof newBehaviourSchema>;

export const behaviourSchema = z.object({ ...behaviourShape, setAt: z.number() });
export type Behaviour = z.infer<typeof behaviourSchema>;

export const serverEndSchema = z.enum(['shut_down', 'restarted', 'crashed', 'out_of_memory']);

const serverSchema = z.object({
  slot: z.int().nonnegative(),
  /** Which server of its slot it is; with the slot and the place it names the job. */
  ordinal: z.int().nonnegative(),
  version: z.int().positive(),
  startedAt: z.number(),
  /** It came by the restart that was scheduled then, so neither that one nor an earlier one hits it. */
  restartedAt: z.number().optional(),
});
export type Server = z.infer<typeof serverSchema>;
const endedServerSchema = serverSchema.extend({ endedAt: z.number(), end: serverEndSchema });
export type EndedServer = z.infer<typeof endedServerSchema>;

/** A slot always has one server, once the place has a published version. */
const slotSchema = z.object({
  slot: z.int().nonnegative(),
  ordinal: z.int().nonnegative(),
  startedAt: z.number(),
  /** Absent: it starts with the first version that is published. */
  version: z.int().positive().optional(),
  restartedAt: z.number().optional(),
});
export type Slot = z.infer<typeof slotSchema>;

/** A fleet as it was at its last change; where it is now follows from the clock, the versions and the restarts. */
export const fleetSchema = z.object({
  playersPerServer: z.int().nonnegative(),
  slots: z.array(slotSchema),
  ended: z.array(endedServerSchema),
});
export type Fleet = z.infer<typeof fleetSchema>;

export const newFleetSchema = z.strictObject({
  servers: z.int().nonnegative().max(1_000),
  playersPerServer: z.int().nonnegative().max(700).default(10),
});

const restartPlaceSchema = z.object({
  /** Absent: all but `newest`, where `excludeNewest` says so, else all. */
  versions: z.array(z.int()).optional(),
  excludeNewest: z.boolean(),
  newest: z.int().optional(),
  instances: z.int(),
  players: z.int(),
});
export type RestartOfPlace = z.infer<typeof restartPlaceSchema>;

export const restartSchema = z.object({
  restartId: z.string(),
  scheduledAt: z.number(),
  /** End of the bleed-off: servers begin to close. */
  startAt: z.number(),
  /** By then the last one has closed. */
  endAt: z.number(),
  places: z.record(z.string(), restartPlaceSchema),
});
export type Restart = z.infer<typeof restartSchema>;
