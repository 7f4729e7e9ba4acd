import { randomInt } from 'node:crypto';
import { z } from 'zod';

import { behaviourSchema, fleetSchema, restartSchema } from './fleet-state.js';
import { configSchema } from './config-state.js';
import { luauTaskSchema } from './luau-state.js';
import { metricOperationSchema, newMetricSchema } from './metric-state.js';

const creatorSchema = z.object({ type: z.enum(['user', 'group']), id: z.string() });
export type Creator = z.infer<typeof creatorSchema>;

const versionSchema = z.object({
  version: z.int().positive(),
  sha256: z.string(),
  bytes: z.int().nonnegative(),
  isPublished: z.boolean(),
  createdBy: z.string(),
  createdTime: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
});
export type StoredVersion = z.infer<typeof versionSchema>;

/** How moderation ends for an asset; `failed`: the operation itself ends with an error. */
export const moderationOutcomeSchema = z.enum(['approved', 'rejected', 'reviewing', 'failed']);
export type ModerationOutcome = z.infer<typeof moderationOutcomeSchema>;

export const memberSchema = z.object({ id: z.string().regex(/^\d+$/), name: z.string().min(1) });

const placeSchema = z.object({
  universeId: z.string(),
  name: z.string(),
  createdTime: z.string(),
  versions: z.array(versionSchema),
  fleet: fleetSchema.optional(),
  behaviours: z.array(behaviourSchema).default([]),
  /** Who has it open in Studio. */
  teamCreate: z.array(memberSchema).default([]),
});
export type StoredPlace = z.infer<typeof placeSchema>;

const universeSchema = z.object({
  name: z.string(),
  creator: creatorSchema,
  rootPlaceId: z.string(),
  createdTime: z.string(),
  /** Of the data stores. */
  snapshotTime: z.string().optional(),
});
export type StoredUniverse = z.infer<typeof universeSchema>;

const messageSchema = z.object({ topic: z.string(), message: z.string(), at: z.string() });
export type StoredMessage = z.infer<typeof messageSchema>;

const settings = {
  /** Bleed-off of restarts and roll-out of configs take this share of their time; 0: none. */
  bleedOffScale: z.number().nonnegative(),
  /** How many minutes of quota pass in one minute. */
  quotaScale: z.number().positive(),
  /** 0: analytics answer at once; else they are polled this long. */
  analyticsDelayMs: z.int().nonnegative(),
};
const defaultSettings = { bleedOffScale: 1, quotaScale: 1, analyticsDelayMs: 0 };
export const newSettingsSchema = z.strictObject(settings).partial();

/** Everything that outlives the process. Keys are kept as hashes; places and meshes are files beside it. */
export const emulatorStateSchema = z.object({
  version: z.literal(1),
  nextId: z.int().positive(),
  universes: z.record(z.string(), universeSchema),
  places: z.record(z.string(), placeSchema),
  /** By the SHA-256 of the key. */
  keys: z.record(
    z.string(),
    z.object({
      name: z.string(),
      ownerId: z.string(),
      scopes: z.array(z.string()),
      universeIds: z.array(z.string()).optional(),
      expiresAt: z.string().optional(),
    }),
  ),
  /** By operation id. */
  operations: z.record(
    z.string(),
    z.object({
      assetId: z.string(),
      ownerId: z.string(),
      displayName: z.string(),
      description: z.string(),
      creator: creatorSchema,
      sha256: z.string(),
      createdTime: z.string(),
      /** The version that each version after the first one took up again. */
      rolledBackTo: z.array(z.int()).default([]),
    }),
  ),
  /** By display name; approved where there is none. */
  moderation: z.record(z.string(), moderationOutcomeSchema),
  settings: z
    .object({
      bleedOffScale: settings.bleedOffScale.default(defaultSettings.bleedOffScale),
      quotaScale: settings.quotaScale.default(defaultSettings.quotaScale),
      analyticsDelayMs: settings.analyticsDelayMs.default(defaultSettings.analyticsDelayMs),
    })
    .prefault({}),
  /** Calls a minute by owner and endpoint, where they are not the documented ones. */
  quotas: z.record(z.string(), z.record(z.string(), z.int().nonnegative())).default({}),
  /** By universe, oldest first. */
  messages: z.record(z.string(), z.array(messageSchema)).default({}),
  /** By universe, oldest first. */
  restarts: z.record(z.string(), z.array(restartSchema)).default({}),
  luauTasks: z.record(z.string(), luauTaskSchema).default({}),
  /** By universe. */
  configs: z.record(z.string(), configSchema).default({}),
  /** By universe and metric: what the admin has set. */
  metrics: z.record(z.string(), z.record(z.string(), z.array(newMetricSchema))).default({}),
  metricOperations: z.record(z.string(), metricOperationSchema).default({}),
});
export type EmulatorState = z.infer<typeof emulatorStateSchema>;
export type StoredKey = EmulatorState['keys'][string];
export type StoredOperation = EmulatorState['operations'][string];

/** Two emulators that serve one Temporal namespace must not both have "place 1": the place entity would mix them up. */
const firstIdBelow = 900_000_000_000;

export const emptyState = (): EmulatorState => ({
  version: 1,
  nextId: randomInt(1, firstIdBelow),
  universes: {},
  places: {},
  keys: {},
  operations: {},
  moderation: {},
  settings: { ...defaultSettings },
  quotas: {},
  messages: {},
  restarts: {},
  luauTasks: {},
  configs: {},
  metrics: {},
  metricOperations: {},
});
