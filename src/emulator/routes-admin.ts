import { randomBytes } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { hashOfKey } from './access.js';
import type { EmulatorContext, LoggedRequest } from './context.js';
import { endpoints } from './endpoints.js';
import { faultSchema } from './faults.js';
import { parse } from './lookup.js';
import { Refusal } from './refusal.js';
import { moderationOutcomeSchema, newSettingsSchema } from './state.js';

const id = z.string().regex(/^[1-9][0-9]{0,18}$/);

export const newUniverseSchema = z.strictObject({
  name: z.string().min(1),
  /** The first one is the start place. */
  places: z.array(z.string().min(1)).min(1),
  creator: z.strictObject({ type: z.enum(['user', 'group']), id }).prefault({ type: 'user', id: '1' }),
});
export const newKeySchema = z.strictObject({
  scopes: z.array(z.string().regex(/^[a-z][a-z.-]*:[a-z]+$/, 'expected a scope such as asset:read')),
  name: z.string().default('test key'),
  /** User whose quota the key counts against. */
  ownerId: id.default('1'),
  /** Absent: all universes. */
  universeIds: z.array(id).optional(),
  expiresAt: z.iso.datetime().optional(),
});
export const moderationSchema = z.strictObject({ name: z.string().min(1), outcome: moderationOutcomeSchema });

export const newQuotaSchema = z.strictObject({
  ownerId: id.default('1'),
  endpoint: z.enum(Object.keys(endpoints) as [keyof typeof endpoints]),
  /** 0: used up. */
  perMinute: z.int().nonnegative(),
});

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Sets up and looks into the emulator. Only this machine may ask. */
export function registerAdminRoutes(
  server: FastifyInstance,
  { store, faults, now }: EmulatorContext,
  requests: { list(): LoggedRequest[]; clear(): void },
): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const forbidden = request.url.startsWith('/_emulator/') && !loopback.has(request.ip);
    done(forbidden ? new Refusal(403, 'The admin interface answers only this machine.', 'cloud') : undefined);
  });

  server.post('/_emulator/universes', async (request) => {
    const { name, places, creator } = parse(newUniverseSchema, request.body);
    return store.mutate((draft) => {
      const createdTime = new Date(now()).toISOString();
      // Longer than Roblox's own ids by now, so that an emulator's never names somebody's game; exact as a double.
      const universeId = String(7_000_000_000_000_000 + draft.nextId);
      draft.nextId += 1;
      const placeIds: Record<string, string> = {};
      for (const place of places) {
        const placeId = String(8_000_000_000_000_000 + draft.nextId);
        draft.nextId += 1;
        placeIds[place] = placeId;
        draft.places[placeId] = {
          universeId,
          name: place,
          createdTime,
          versions: [],
          behaviours: [],
          teamCreate: [],
        };
      }
      const rootPlaceId = placeIds[places[0] ?? ''] ?? '';
      draft.universes[universeId] = { name, creator, rootPlaceId, createdTime };
      return { universeId, places: placeIds, creator };
    });
  });

  server.post('/_emulator/keys', async (request) => {
    const { scopes, name, ownerId, universeIds, expiresAt } = parse(newKeySchema, request.body);
    const key = `emulator-${randomBytes(24).toString('base64url')}`;
    await store.mutate((draft) => {
      draft.keys[hashOfKey(key)] = {
        name,
        ownerId,
        scopes,
        ...(universeIds === undefined ? {} : { universeIds }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    });
    return { key };
  });

  server.post('/_emulator/moderation', async (request) => {
    const { name, outcome } = parse(moderationSchema, request.body);
    await store.mutate((draft) => {
      draft.moderation[name] = outcome;
    });
    return {};
  });

  server.post('/_emulator/keys/revoke', async (request) => {
    const { key } = parse(z.strictObject({ key: z.string().min(1) }), request.body);
    return store.mutate((draft) => {
      const { [hashOfKey(key)]: revoked, ...others } = draft.keys;
      draft.keys = others;
      return { revoked: revoked !== undefined };
    });
  });

  server.post('/_emulator/quotas', async (request) => {
    const { ownerId, endpoint, perMinute } = parse(newQuotaSchema, request.body);
    await store.mutate((draft) => {
      draft.quotas[ownerId] = { ...draft.quotas[ownerId], [endpoint]: perMinute };
    });
    return {};
  });

  server.post('/_emulator/settings', async (request) => {
    const settings = parse(newSettingsSchema, request.body);
    await store.mutate((draft) => {
      Object.assign(draft.settings, settings);
    });
    return {};
  });

  server.post('/_emulator/faults', (request) => {
    faults.add(parse(z.array(faultSchema), request.body));
    return { pending: faults.pending() };
  });
  server.delete('/_emulator/faults', () => {
    faults.clear();
    return {};
  });

  server.get('/_emulator/requests', () => requests.list());
  server.delete('/_emulator/requests', () => {
    requests.clear();
    return {};
  });

  server.get<{ Params: { placeId: string } }>('/_emulator/places/:placeId/history', (request) => {
    const place = store.read().places[request.params.placeId];
    if (place === undefined) throw new Refusal(404, 'There is no such place.', 'cloud');
    return place.versions;
  });

  server.get('/_emulator/state', () => {
    const { universes, places, keys, operations } = store.read();
    return {
      universes: Object.entries(universes).map(([universeId, { name, creator }]) => ({
        universeId,
        name,
        creator,
        places: Object.entries(places)
          .filter(([, place]) => place.universeId === universeId)
          .map(([placeId, place]) => ({
            placeId,
            name: place.name,
            versions: place.versions.length,
            published: place.versions.findLast(({ isPublished }) => isPublished)?.version ?? null,
          })),
      })),
      keys: Object.values(keys).map(({ name, scopes }) => ({ name, scopes })),
      assets: Object.keys(operations).length,
      pendingFaults: faults.pending(),
    };
  });
}
