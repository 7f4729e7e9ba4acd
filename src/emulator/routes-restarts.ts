import { randomUUID } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { fleetAt, isHitBy, newestPublished, type FleetWorld } from './fleet.js';
import type { Restart, RestartOfPlace, Server } from './fleet-state.js';
import { settleFleet } from './fleets.js';
import { findUniverse, parse } from './lookup.js';
import { Refusal } from './refusal.js';
import type { EmulatorState } from './state.js';

const minuteMs = 60_000;
/** From the end of the bleed-off to the last closed server; scaled like the bleed-off. */
const closingMs = 5_000;
const keptRestarts = 20;
const largestAttributesBytes = 500;

const placeFilterSchema = z
  .strictObject({ versions: z.array(z.int()).nullish(), excludeCurrentVersion: z.boolean().nullish() })
  .refine(
    ({ versions, excludeCurrentVersion }) =>
      (versions ?? null) === null || (excludeCurrentVersion ?? null) === null,
    'versions and excludeCurrentVersion are mutually exclusive',
  );
const launchSchema = z.strictObject({
  bleedOffDurationMinutes: z.int().min(1).max(240).nullish(),
  places: z.record(z.string(), placeFilterSchema).nullish(),
  attributes: z
    .record(z.string(), z.unknown())
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= largestAttributesBytes,
      'at most 500 bytes',
    )
    .nullish(),
});
const restartUniverseSchema = z.strictObject({
  placeIds: z.array(z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String)).default([]),
  closeAllVersions: z.boolean().default(false),
  bleedOffServers: z.boolean().default(false),
  bleedOffDurationMinutes: z.int().min(1).max(60).optional(),
});

type UniverseParams = { universeId: string };
type PlaceFilter = z.output<typeof placeFilterSchema>;

/** Restarts of game servers, in both of the services that offer them, and what one would do. */
export function registerRestartRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, fleets, now } = context;

  const placesOf = (universeId: string) =>
    Object.entries(store.read().places)
      .filter(([, place]) => place.universeId === universeId)
      .map(([placeId]) => placeId);

  async function worldsOf(placeIds: readonly string[]): Promise<FleetWorld[]> {
    return Promise.all(placeIds.map((placeId) => fleets.worldOf(placeId)));
  }

  const runningIn = (state: Readonly<EmulatorState>, world: FleetWorld, at: number): Server[] => {
    const fleet = state.places[world.placeId]?.fleet;
    return fleet === undefined ? [] : fleetAt(fleet, world, at).running;
  };

  async function launch(
    universeId: string,
    filters: Record<string, PlaceFilter>,
    bleedOffMinutes: number,
  ): Promise<Restart> {
    const scheduledAt = now();
    const worlds = await worldsOf(Object.keys(filters));
    return store.mutate((draft) => {
      const { bleedOffScale } = draft.settings;
      const startAt = scheduledAt + bleedOffMinutes * minuteMs * bleedOffScale;
      const restart: Restart = {
        restartId: randomUUID(),
        scheduledAt,
        startAt,
        endAt: startAt + closingMs * bleedOffScale,
        places: {},
      };
      for (const world of worlds) {
        const filter = filters[world.placeId] ?? {};
        const players = draft.places[world.placeId]?.fleet?.playersPerServer ?? 0;
        const newest = newestPublished(world, scheduledAt);
        const place: RestartOfPlace = {
          ...(filter.versions ? { versions: filter.versions } : {}),
          excludeNewest: filter.excludeCurrentVersion === true,
          ...(newest === undefined ? {} : { newest }),
          instances: 0,
          players: 0,
        };
        place.instances = runningIn(draft, world, scheduledAt).filter((each) =>
          isHitBy(each, restart, place),
        ).length;
        place.players = place.instances * players;
        restart.places[world.placeId] = place;
        settleFleet(draft, world, scheduledAt);
      }
      draft.restarts[universeId] = [...(draft.restarts[universeId] ?? []), restart].slice(-keptRestarts);
      return restart;
    });
  }

  server.route<{ Params: UniverseParams }>({
    method: endpoints.launchRestart.method,
    url: routeUrl(endpoints.launchRestart),
    config: { endpoint: endpoints.launchRestart },
    async handler(request) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId, 403);
      if (request.body === undefined || request.body === null)
        throw new Refusal(415, 'Unsupported Media Type');
      const { bleedOffDurationMinutes, places } = parse(launchSchema, request.body);
      const known = placesOf(universeId);
      const foreign = Object.keys(places ?? {}).find((placeId) => !known.includes(placeId));
      if (foreign !== undefined) throw new Refusal(400, `Place ${foreign} is not part of the universe.`);
      const all = Object.fromEntries(known.map((placeId): [string, PlaceFilter] => [placeId, {}]));
      const restart = await launch(universeId, places ?? all, bleedOffDurationMinutes ?? 0);
      return { id: restart.restartId, ...impactOf(restart) };
    },
  });

  server.route<{ Params: UniverseParams }>({
    method: endpoints.restartServers.method,
    url: routeUrl(endpoints.restartServers),
    config: { endpoint: endpoints.restartServers },
    async handler(request) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId);
      const { placeIds, closeAllVersions, bleedOffServers, bleedOffDurationMinutes } = parse(
        restartUniverseSchema,
        request.body ?? {},
      );
      const known = placesOf(universeId);
      const foreign = placeIds.find((placeId) => !known.includes(placeId));
      if (foreign !== undefined) throw new Refusal(400, `Place ${foreign} is not part of the universe.`);
      const filter: PlaceFilter = closeAllVersions ? {} : { excludeCurrentVersion: true };
      await launch(
        universeId,
        Object.fromEntries((placeIds.length === 0 ? known : placeIds).map((placeId) => [placeId, filter])),
        bleedOffServers ? (bleedOffDurationMinutes ?? 1) : 0,
      );
      return {};
    },
  });

  server.route<{ Params: UniverseParams }>({
    method: endpoints.restarts.method,
    url: routeUrl(endpoints.restarts),
    config: { endpoint: endpoints.restarts },
    async handler(request) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId, 403);
      const time = now();
      const worlds = await worldsOf(placesOf(universeId));
      const state = store.read();
      const statusOf = (restart: Restart) => {
        const places = worlds.flatMap((world): [string, object][] => {
          const place = restart.places[world.placeId];
          if (place === undefined) return [];
          const left = runningIn(state, world, time).filter((each) => isHitBy(each, restart, place)).length;
          const players = left * (state.places[world.placeId]?.fleet?.playersPerServer ?? 0);
          return [[world.placeId, placeStatus(restart, place, { instances: left, players }, time)]];
        });
        return {
          universeId,
          scheduledTime: new Date(restart.scheduledAt).toISOString(),
          startTime: new Date(restart.startAt).toISOString(),
          placeRestartStatuses: Object.fromEntries(places),
        };
      };
      const restarts = state.restarts[universeId] ?? [];
      return {
        restartStatuses: Object.fromEntries(restarts.map((each) => [each.restartId, statusOf(each)])),
      };
    },
  });

  server.route<{ Params: UniverseParams }>({
    method: endpoints.forecastRestart.method,
    url: routeUrl(endpoints.forecastRestart),
    config: { endpoint: endpoints.forecastRestart },
    async handler(request) {
      const { universeId } = request.params;
      findUniverse(store.read(), request, universeId, 403);
      const time = now();
      const worlds = await worldsOf(placesOf(universeId));
      const state = store.read();
      const forecasts = worlds.flatMap((world): [string, object][] => {
        const running = runningIn(state, world, time);
        const players = state.places[world.placeId]?.fleet?.playersPerServer ?? 0;
        return running.length === 0 ? [] : [[world.placeId, placeForecast(world, running, players, time)]];
      });
      return { placeForecasts: Object.fromEntries(forecasts) };
    },
  });
}

function impactOf({ places }: Restart) {
  const hit = Object.values(places);
  return {
    playersImpacted: hit.reduce((sum, { players }) => sum + players, 0),
    instancesImpacted: hit.reduce((sum, { instances }) => sum + instances, 0),
  };
}

function placeStatus(
  restart: Restart,
  place: RestartOfPlace,
  left: { instances: number; players: number },
  now: number,
) {
  const state = now < restart.startAt ? 'DELAYING' : left.instances > 0 ? 'RESTARTING' : 'SUCCEEDED';
  return {
    state,
    startTime: new Date(restart.startAt).toISOString(),
    endTime: state === 'SUCCEEDED' ? new Date(Math.min(restart.endAt, now)).toISOString() : null,
    totalPlayers: place.players,
    totalInstances: place.instances,
    remainingPlayers: left.players,
    remainingInstances: left.instances,
    filter: {
      versions: place.versions ?? null,
      excludeCurrentVersion: place.versions === undefined && place.excludeNewest ? true : null,
    },
    latestVersion: place.newest === undefined ? null : String(place.newest),
  };
}

function placeForecast(world: FleetWorld, running: readonly Server[], players: number, now: number) {
  const newest = newestPublished(world, now);
  const instancesPerVersion: Record<string, number> = {};
  for (const { version } of running) instancesPerVersion[version] = (instancesPerVersion[version] ?? 0) + 1;
  const old = running.filter(({ version }) => version !== newest).length;
  const publishedAt = world.published.findLast(({ version }) => version === newest)?.at ?? now;
  return {
    playersImpacted: old * players,
    totalPlayers: running.length * players,
    instancesImpacted: old,
    totalInstances: running.length,
    latestPlaceVersion: String(Math.max(...running.map(({ version }) => version))),
    publishTime: new Date(publishedAt).toISOString(),
    isNotInUniverse: false,
    playersPerVersion: Object.fromEntries(
      Object.entries(instancesPerVersion).map(([version, count]) => [version, count * players]),
    ),
    instancesPerVersion,
  };
}
