import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { requireUniverse } from './access.js';
import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { findUniverse, parse } from './lookup.js';
import { versionAnswer } from './place-versions.js';
import { Refusal } from './refusal.js';

const keptMessages = 1_000;

const messageSchema = z.object({
  topic: z.string().min(1).max(80),
  message: z.string().refine((text) => Buffer.byteLength(text) <= 1024, 'message: at most 1 KiB'),
});
const noteSchema = z.strictObject({ title: z.string().nullish(), description: z.string().nullish() });
const membersQuerySchema = z.object({
  limit: z.enum(['10', '25', '50', '100']).default('10').transform(Number),
});

/** What goes with a publish: the snapshot before it, the note on it, who is in the way, and word to the servers. */
export function registerLiveRoutes(server: FastifyInstance, { store, now }: EmulatorContext): void {
  server.route<{ Params: { universeId: string } }>({
    method: endpoints.snapshotDataStores.method,
    url: routeUrl(endpoints.snapshotDataStores),
    config: { endpoint: endpoints.snapshotDataStores },
    async handler(request) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId);
      return store.mutate((draft) => {
        const universe = draft.universes[universeId];
        const time = new Date(now()).toISOString();
        const before = universe?.snapshotTime;
        // One for each UTC day.
        if (before?.slice(0, 10) === time.slice(0, 10)) {
          return { newSnapshotTaken: false, latestSnapshotTime: before };
        }
        if (universe !== undefined) universe.snapshotTime = time;
        return { newSnapshotTaken: true, latestSnapshotTime: time };
      });
    },
  });

  server.route<{ Params: { universeId: string } }>({
    method: endpoints.publishMessage.method,
    url: routeUrl(endpoints.publishMessage),
    config: { endpoint: endpoints.publishMessage },
    async handler(request, reply) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId);
      const message = parse(messageSchema, request.body ?? {});
      await store.mutate((draft) => {
        const at = new Date(now()).toISOString();
        draft.messages[universeId] = [...(draft.messages[universeId] ?? []), { ...message, at }].slice(
          -keptMessages,
        );
      });
      return reply.send();
    },
  });

  server.route<{ Params: { placeId: string } }>({
    method: endpoints.teamCreateMembers.method,
    url: routeUrl(endpoints.teamCreateMembers),
    config: { endpoint: endpoints.teamCreateMembers },
    handler(request) {
      const place = store.read().places[request.params.placeId];
      if (place === undefined) throw new Refusal(400, 'The place is invalid.');
      requireUniverse(keyOf(request), place.universeId);
      const { limit } = parse(membersQuerySchema, request.query);
      const members = place.teamCreate.slice(0, limit);
      return { data: members.map(({ id, name }) => ({ id: Number(id), name, displayName: name })) };
    },
  });

  server.route<{ Params: { placeId: string; version: string } }>({
    method: endpoints.describeVersion.method,
    url: routeUrl(endpoints.describeVersion),
    config: { endpoint: endpoints.describeVersion },
    async handler(request) {
      const { placeId, version } = request.params;
      const place = store.read().places[placeId];
      if (place === undefined)
        throw new Refusal(403, 'The place does not exist, or the key has no access to it.');
      requireUniverse(keyOf(request), place.universeId);
      const { title, description } = parse(noteSchema, request.body ?? {});
      return store.mutate((draft) => {
        const found = draft.places[placeId]?.versions.find((each) => String(each.version) === version);
        if (found === undefined) throw new Refusal(400, 'The place has no such version.');
        if (typeof title === 'string') found.title = title;
        if (typeof description === 'string') found.description = description;
        return { placeVersion: versionAnswer(found) };
      });
    },
  });
}
