import { request } from 'undici';
import { z } from 'zod';

import type { LoggedRequest } from './context.js';
import type { newFleetSchema, NewBehaviour } from './fleet-state.js';
import type { FaultRequest } from './faults.js';
import type { newMetricSchema } from './metric-state.js';
import type { moderationSchema, newKeySchema, newQuotaSchema, newUniverseSchema } from './routes-admin.js';
import type { memberSchema, newSettingsSchema, StoredMessage, StoredVersion } from './state.js';

export type EmulatorSummary = {
  universes: {
    universeId: string;
    name: string;
    creator: { type: 'user' | 'group'; id: string };
    places: { placeId: string; name: string; versions: number; published: number | null }[];
  }[];
  keys: { name: string; scopes: string[] }[];
  assets: number;
  pendingFaults: number;
};

/** Every scope that Graveshift's calls need. */
export const allScopes = [
  'universe-places:write',
  'universe.place:read',
  'legacy-asset:manage',
  'asset:read',
  'asset:write',
  'universe:read',
  'universe:write',
  'universe.place:write',
  'universe.analytics:read',
  'universe-datastores.control:snapshot',
  'universe-messaging-service:publish',
  'legacy-team-collaboration:manage',
  'universe.place.luau-execution-session:read',
  'universe.place.luau-execution-session:write',
];

export type EmulatorAdmin = {
  /** The places' ids by name. */
  createUniverse(universe: z.input<typeof newUniverseSchema>): Promise<{
    universeId: string;
    places: Record<string, string>;
    creator: { type: 'user' | 'group'; id: string };
  }>;
  /** Answers the key: the emulator itself keeps only its hash. */
  createKey(key: z.input<typeof newKeySchema>): Promise<string>;
  setModeration(moderation: z.input<typeof moderationSchema>): Promise<void>;
  /** From now on the key is unknown; answers whether it was known. */
  revokeKey(key: string): Promise<boolean>;
  /** Calls a minute to an endpoint for an owner; 0 uses the quota up. */
  setOwnerQuota(quota: z.input<typeof newQuotaSchema>): Promise<void>;
  /** A person publishes from Studio: no key, no quota, no lock. Answers the version. */
  publishAs(
    placeId: string,
    bytes: Uint8Array,
    by: { createdBy: string; versionType?: 'Published' | 'Saved' },
  ): Promise<number>;
  /** Who has the place open in Studio; nobody closes the session. */
  openTeamCreate(placeId: string, members: z.input<typeof memberSchema>[]): Promise<void>;
  /** What was sent to the universe's servers, oldest first. */
  messages(universeId: string): Promise<StoredMessage[]>;
  /** Answers these instead of what follows from the fleet; none at all: that again. */
  setMetric(universeId: string, metric: string, ...values: z.input<typeof newMetricSchema>[]): Promise<void>;
  /** How far the last published config has come: the share of servers that have it. */
  configRollout(universeId: string): Promise<{ version: number; share: number }>;
  /** Scales of bleed-offs and quota windows; what is left out stays as it is. */
  configure(settings: z.input<typeof newSettingsSchema>): Promise<void>;
  /** Servers start on the newest published version: now, or with the first one that is published. */
  setFleet(placeId: string, fleet: z.input<typeof newFleetSchema>): Promise<void>;
  /** Adds to what was set before; holds for versions to come, too. */
  setBehaviour(placeId: string, behaviour: NewBehaviour): Promise<void>;
  clearBehaviours(placeId: string): Promise<void>;
  injectFault(...faults: FaultRequest[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** Newest last; since the start of the process. */
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  /** Oldest first. */
  placeHistory(placeId: string): Promise<StoredVersion[]>;
  state(): Promise<EmulatorSummary>;
};

/** Sets up and looks into a running emulator. */
export function emulatorAdmin(baseUrl: string): EmulatorAdmin {
  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const response = await request(new URL(`/_emulator/${path}`, baseUrl), {
      method,
      ...(body === undefined
        ? {}
        : body instanceof Uint8Array
          ? { body, headers: { 'content-type': 'application/octet-stream' } }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) {
      throw new Error(`The emulator answered ${String(response.statusCode)} to ${method} ${path}: ${text}`);
    }
    return JSON.parse(text);
  }

  return {
    createUniverse: async (universe) =>
      (await ask('POST', 'universes', universe)) as Awaited<ReturnType<EmulatorAdmin['createUniverse']>>,
    createKey: async (key) => z.object({ key: z.string() }).parse(await ask('POST', 'keys', key)).key,
    setModeration: async (moderation) => {
      await ask('POST', 'moderation', moderation);
    },
    revokeKey: async (key) =>
      z.object({ revoked: z.boolean() }).parse(await ask('POST', 'keys/revoke', { key })).revoked,
    setOwnerQuota: async (quota) => {
      await ask('POST', 'quotas', quota);
    },
    publishAs: async (placeId, bytes, { createdBy, versionType = 'Published' }) => {
      const path = `places/${placeId}/versions?createdBy=${createdBy}&versionType=${versionType}`;
      return z.object({ version: z.int() }).parse(await ask('POST', path, bytes)).version;
    },
    openTeamCreate: async (placeId, members) => {
      await ask('POST', `places/${placeId}/team-create`, members);
    },
    messages: async (universeId) => (await ask('GET', `universes/${universeId}/messages`)) as StoredMessage[],
    setMetric: async (universeId, metric, ...values) => {
      await ask('POST', `universes/${universeId}/metrics/${metric}`, values);
    },
    configRollout: async (universeId) =>
      (await ask('GET', `universes/${universeId}/config-rollout`)) as { version: number; share: number },
    configure: async (settings) => {
      await ask('POST', 'settings', settings);
    },
    setFleet: async (placeId, fleet) => {
      await ask('POST', `places/${placeId}/fleet`, fleet);
    },
    setBehaviour: async (placeId, behaviour) => {
      await ask('POST', `places/${placeId}/behaviours`, behaviour);
    },
    clearBehaviours: async (placeId) => {
      await ask('DELETE', `places/${placeId}/behaviours`);
    },
    injectFault: async (...faults) => {
      await ask('POST', 'faults', faults);
    },
    clearFaults: async () => {
      await ask('DELETE', 'faults');
    },
    requests: async () => (await ask('GET', 'requests')) as LoggedRequest[],
    clearRequests: async () => {
      await ask('DELETE', 'requests');
    },
    placeHistory: async (placeId) => (await ask('GET', `places/${placeId}/history`)) as StoredVersion[],
    state: async () => (await ask('GET', 'state')) as EmulatorSummary,
  };
}
