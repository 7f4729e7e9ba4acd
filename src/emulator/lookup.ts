import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { requireUniverse } from './access.js';
import { keyOf } from './context.js';
import { Refusal } from './refusal.js';
import type { EmulatorState, StoredPlace, StoredUniverse } from './state.js';

/** @throws Refusal when there is none, or the caller's key is limited to others */
export function findUniverse(
  state: Readonly<EmulatorState>,
  request: FastifyRequest,
  universeId: string,
  missing = 404,
): StoredUniverse {
  const universe = state.universes[universeId];
  if (universe === undefined) throw new Refusal(missing, `Universe ${universeId} was not found.`);
  requireUniverse(keyOf(request), universeId);
  return universe;
}

/** @throws Refusal when the universe has no such place, or the caller's key is limited to other universes */
export function findPlace(
  state: Readonly<EmulatorState>,
  request: FastifyRequest,
  { universeId, placeId }: { universeId: string; placeId: string },
  missing = 404,
): StoredPlace {
  findUniverse(state, request, universeId, missing);
  const place = state.places[placeId];
  if (place?.universeId !== universeId) {
    throw new Refusal(missing, `Place ${placeId} was not found in universe ${universeId}.`);
  }
  return place;
}

/** @throws Refusal 400 that says what is wrong */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}
