import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { IncomingBlob } from './incoming-blob.js';
import { parse } from './lookup.js';
import { placeFormat } from './place-file.js';
import { addVersion } from './place-versions.js';
import { Refusal } from './refusal.js';
import { memberSchema } from './state.js';

const publishQuerySchema = z.object({
  createdBy: z.string().regex(/^\d+$/),
  versionType: z.enum(['Published', 'Saved']).default('Published'),
});

type PlaceParams = { placeId: string };

/** What people do to a place in Studio, past the API. */
export function registerPlaceAdminRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store } = context;

  function requirePlace(placeId: string): void {
    if (store.read().places[placeId] === undefined)
      throw new Refusal(404, 'There is no such place.', 'cloud');
  }

  server.post<{ Params: PlaceParams }>('/_emulator/places/:placeId/versions', async (request) => {
    const { placeId } = request.params;
    requirePlace(placeId);
    const { createdBy, versionType } = parse(publishQuerySchema, request.query);
    const { body } = request;
    if (!(body instanceof IncomingBlob) || placeFormat(body.head) === undefined) {
      throw new Refusal(400, 'Expected the bytes of a place file.', 'cloud');
    }
    const isPublished = versionType === 'Published';
    return { version: await addVersion(context, placeId, body, { isPublished, createdBy }) };
  });

  server.post<{ Params: PlaceParams }>('/_emulator/places/:placeId/team-create', async (request) => {
    const { placeId } = request.params;
    requirePlace(placeId);
    const members = parse(z.array(memberSchema), request.body);
    await store.mutate((draft) => {
      const place = draft.places[placeId];
      if (place !== undefined) place.teamCreate = members;
    });
    return {};
  });

  server.get<{ Params: { universeId: string } }>(
    '/_emulator/universes/:universeId/messages',
    (request) => store.read().messages[request.params.universeId] ?? [],
  );
}
