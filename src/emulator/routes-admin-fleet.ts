import type { FastifyInstance } from 'fastify';

import type { EmulatorContext } from './context.js';
import { fleetAt } from './fleet.js';
import { newBehaviourSchema, newFleetSchema, type Fleet } from './fleet-state.js';
import { settleFleet } from './fleets.js';
import { parse } from './lookup.js';
import { Refusal } from './refusal.js';

type PlaceParams = { placeId: string };

/** Sets how many servers a place has, and how those of some versions behave. */
export function registerFleetAdminRoutes(
  server: FastifyInstance,
  { store, fleets, now }: EmulatorContext,
): void {
  function requirePlace(placeId: string): void {
    if (store.read().places[placeId] === undefined)
      throw new Refusal(404, 'There is no such place.', 'cloud');
  }

  server.post<{ Params: PlaceParams }>('/_emulator/places/:placeId/fleet', async (request) => {
    const { placeId } = request.params;
    requirePlace(placeId);
    const { servers, playersPerServer } = parse(newFleetSchema, request.body);
    const time = now();
    const world = await fleets.worldOf(placeId);
    await store.mutate((draft) => {
      settleFleet(draft, world, time);
      const place = draft.places[placeId];
      if (place === undefined) return;
      const before: Fleet = place.fleet ?? { playersPerServer, slots: [], ended: [] };
      const closed = fleetAt(before, world, time).running.filter(({ slot }) => slot >= servers);
      place.fleet = {
        playersPerServer,
        slots: Array.from(
          { length: servers },
          (_, slot) => before.slots[slot] ?? { slot, ordinal: nextOrdinal(before, slot), startedAt: time },
        ),
        ended: [
          ...before.ended,
          ...closed.map((each) => ({ ...each, endedAt: time, end: 'shut_down' as const })),
        ],
      };
    });
    return {};
  });

  server.post<{ Params: PlaceParams }>('/_emulator/places/:placeId/behaviours', async (request) => {
    const { placeId } = request.params;
    requirePlace(placeId);
    const behaviour = parse(newBehaviourSchema, request.body);
    const time = now();
    const world = await fleets.worldOf(placeId);
    await store.mutate((draft) => {
      settleFleet(draft, world, time);
      draft.places[placeId]?.behaviours.push({ ...behaviour, setAt: time });
    });
    return {};
  });

  server.delete<{ Params: PlaceParams }>('/_emulator/places/:placeId/behaviours', async (request) => {
    const { placeId } = request.params;
    requirePlace(placeId);
    const time = now();
    const world = await fleets.worldOf(placeId);
    await store.mutate((draft) => {
      settleFleet(draft, world, time);
      const place = draft.places[placeId];
      if (place !== undefined) place.behaviours = [];
    });
    return {};
  });
}

/** A job's id never comes twice, also when a slot is closed and opened again. */
function nextOrdinal({ ended }: Fleet, slot: number): number {
  return 1 + Math.max(-1, ...ended.filter((each) => each.slot === slot).map(({ ordinal }) => ordinal));
}
