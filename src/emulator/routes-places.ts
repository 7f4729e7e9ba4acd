import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { requireUniverse } from './access.js';
import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints } from './endpoints.js';
import { IncomingBlob } from './incoming-blob.js';
import { placeFormat } from './place-file.js';
import { addVersion, versionAnswer } from './place-versions.js';
import { Refusal, teamCreateMessage } from './refusal.js';

const historyQuerySchema = z.object({
  cursor: z
    .string()
    .regex(/^[0-9]+$/)
    .optional(),
  isPublished: z.enum(['true', 'false']).optional(),
  pageSize: z.coerce.number().int().min(1).max(50).default(10),
});

/** Publishing, version history, and reading universes and places. */
export function registerPlaceRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store } = context;

  server.route<{ Params: { universeId: string; placeId: string }; Querystring: { versionType?: string } }>({
    method: endpoints.publish.method,
    url: endpoints.publish.url,
    config: { endpoint: endpoints.publish },
    async handler(request, reply) {
      const { universeId, placeId } = request.params;
      const { versionType } = request.query;
      const key = keyOf(request);
      const state = store.read();
      const place = state.places[placeId];
      if (state.universes[universeId] === undefined || place === undefined) {
        throw new Refusal(404, 'Place or universe does not exist.', 'cloud');
      }
      requireUniverse(key, universeId);
      if (place.universeId !== universeId)
        throw new Refusal(409, 'Place is not part of the universe.', 'cloud');
      if (versionType !== 'Saved' && versionType !== 'Published') {
        throw new Refusal(400, 'versionType: expected Saved or Published.', 'problem');
      }
      if (place.teamCreate.length > 0) throw new Refusal(409, teamCreateMessage, 'cloud');
      const body = request.body;
      const declared = request.headers['content-type']?.includes('xml') === true ? 'rbxlx' : 'rbxl';
      if (!(body instanceof IncomingBlob) || placeFormat(body.head) !== declared)
        throw new Refusal(400, 'Invalid file content.', 'text');
      const versionNumber = await addVersion(context, placeId, body, {
        isPublished: versionType === 'Published',
        createdBy: key.ownerId,
      });
      return reply.type('text/plain; charset=utf-8').send(JSON.stringify({ versionNumber }));
    },
  });

  server.route<{ Params: { placeId: string } }>({
    method: endpoints.history.method,
    url: endpoints.history.url,
    config: { endpoint: endpoints.history },
    handler(request) {
      const query = historyQuerySchema.safeParse(request.query);
      if (!query.success) throw new Refusal(400, z.prettifyError(query.error));
      const { cursor, isPublished, pageSize } = query.data;
      const place = store.read().places[request.params.placeId];
      // The real service answers 403 here, so that nobody can try out ids.
      if (place === undefined)
        throw new Refusal(403, 'The place does not exist, or the key has no access to it.');
      requireUniverse(keyOf(request), place.universeId);
      const older = place.versions
        .filter(({ version }) => cursor === undefined || version < Number(cursor))
        .filter((version) => isPublished === undefined || version.isPublished === (isPublished === 'true'))
        .reverse();
      const page = older.slice(0, pageSize);
      const hasMore = older.length > page.length;
      return {
        placeVersions: page.map((version) => versionAnswer(version)),
        hasMore,
        nextCursor: hasMore ? String(page.at(-1)?.version) : null,
      };
    },
  });

  server.route<{ Params: { universeId: string } }>({
    method: endpoints.universe.method,
    url: endpoints.universe.url,
    config: { endpoint: endpoints.universe },
    handler(request) {
      const { universeId } = request.params;
      const universe = store.read().universes[universeId];
      if (universe === undefined) throw new Refusal(404, `Universe ${universeId} was not found.`);
      requireUniverse(keyOf(request), universeId);
      const { creator } = universe;
      return {
        path: `universes/${universeId}`,
        createTime: universe.createdTime,
        updateTime: universe.createdTime,
        displayName: universe.name,
        description: '',
        ...(creator.type === 'user' ? { user: `users/${creator.id}` } : { group: `groups/${creator.id}` }),
        visibility: 'PRIVATE',
        rootPlace: `universes/${universeId}/places/${universe.rootPlaceId}`,
      };
    },
  });

  server.route<{ Params: { universeId: string; placeId: string } }>({
    method: endpoints.place.method,
    url: endpoints.place.url,
    config: { endpoint: endpoints.place },
    handler(request) {
      const { universeId, placeId } = request.params;
      const state = store.read();
      const place = state.places[placeId];
      if (place?.universeId !== universeId) {
        throw new Refusal(404, `Place ${placeId} was not found in universe ${universeId}.`);
      }
      requireUniverse(keyOf(request), universeId);
      return {
        path: `universes/${universeId}/places/${placeId}`,
        createTime: place.createdTime,
        updateTime: place.versions.at(-1)?.createdTime ?? place.createdTime,
        displayName: place.name,
        description: '',
        serverSize: 30,
        root: state.universes[universeId]?.rootPlaceId === placeId,
        universeRuntimeCreation: false,
      };
    },
  });
}
