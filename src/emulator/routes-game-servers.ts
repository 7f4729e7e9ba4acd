import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { endpoints, routeUrl } from './endpoints.js';
import { fleetAt, type FleetWorld } from './fleet.js';
import type { EndedServer, Server } from './fleet-state.js';
import { jobIdOf } from './fleets.js';
import { filterRows, pageOf, sortRows } from './listing.js';
import { findPlace, parse } from './lookup.js';
import { healthOf, logsOf } from './server-health.js';
import type { StoredPlace } from './state.js';

const listQuerySchema = z.object({
  MaxPageSize: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(25)
    .transform((size) => Math.min(size, 100)),
  PageToken: z.string().optional(),
  OrderBy: z.string().optional(),
  Filter: z.string().optional(),
});

const playersOfPlace = 30;

type PlaceParams = { universeId: string; placeId: string; versionNumber: string };

/** The game servers of a place version, those that ended too, and their logs. */
export function registerGameServerRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, fleets, now } = context;

  async function serversOf(place: StoredPlace, placeId: string, versionNumber: string) {
    const time = now();
    const world = await fleets.worldOf(placeId);
    const { running, ended } =
      place.fleet === undefined ? { running: [], ended: [] } : fleetAt(place.fleet, world, time);
    const ofVersion = (each: Server) => String(each.version) === versionNumber;
    return { time, world, servers: [...running.filter(ofVersion), ...ended.filter(ofVersion)] };
  }

  server.route<{ Params: PlaceParams }>({
    method: endpoints.gameServers.method,
    url: routeUrl(endpoints.gameServers),
    config: { endpoint: endpoints.gameServers },
    async handler(request) {
      const { placeId, versionNumber } = request.params;
      const place = findPlace(store.read(), request, request.params, 403);
      const { MaxPageSize, PageToken, OrderBy, Filter } = parse(listQuerySchema, request.query);
      const { time, world, servers } = await serversOf(place, placeId, versionNumber);
      const players = place.fleet?.playersPerServer ?? 0;
      const rows = servers.map((each) => serverRow(each, world, players, time));
      const matching = sortRows(filterRows(rows, Filter), OrderBy);
      const { page, start, next } = pageOf(matching, MaxPageSize, PageToken);
      return {
        gameServers: page,
        nextPageToken: MaxPageSize === 0 ? null : (next ?? null),
        previousPageToken: start === 0 ? null : String(Math.max(0, start - MaxPageSize)),
        totalCount: matching.length,
      };
    },
  });

  server.route<{ Params: PlaceParams & { jobId: string } }>({
    method: endpoints.gameServerLogs.method,
    url: routeUrl(endpoints.gameServerLogs),
    config: { endpoint: endpoints.gameServerLogs },
    async handler(request) {
      const { universeId, placeId, versionNumber, jobId } = request.params;
      const place = findPlace(store.read(), request, request.params, 403);
      const { MaxPageSize, PageToken, OrderBy, Filter } = parse(listQuerySchema, request.query);
      const { time, world, servers } = await serversOf(place, placeId, versionNumber);
      const found = servers.find((each) => jobIdOf(placeId, each) === jobId);
      const entries = found === undefined ? [] : logsOf(found, world, time);
      const rows = entries.map(({ at, severity, message, stackTrace }) => ({
        messageTimestampMs: new Date(at).toISOString(),
        universeId: Number(universeId),
        placeId,
        placeVersion: versionNumber,
        jobId,
        severity,
        message,
        stackTrace: stackTrace ?? null,
        messageTemplate: null,
        context: null,
        skippedCount: 0,
        rateLimitedCount: 0,
      }));
      const { page, next } = pageOf(sortRows(filterRows(rows, Filter), OrderBy), MaxPageSize, PageToken);
      return { gameServerLogs: page, nextPageToken: next ?? null };
    },
  });
}

function serverRow(server: Server | EndedServer, world: FleetWorld, players: number, now: number) {
  const ended = 'endedAt' in server ? server : undefined;
  const { frameRate, memoryBytes } = healthOf(server, world, ended?.endedAt ?? now);
  return {
    placeId: world.placeId,
    placeVersion: String(server.version),
    jobId: jobIdOf(world.placeId, server),
    engineVersion: '0.650.0.6500000',
    createTime: new Date(server.startedAt).toISOString(),
    uptime: dateSpan((ended?.endedAt ?? now) - server.startedAt),
    memoryUsageBytes: memoryBytes,
    frameRate,
    occupancy: ended === undefined ? players : 0,
    maxOccupancy: Math.max(playersOfPlace, players),
    type: 0,
    full: ended === undefined && players >= playersOfPlace,
    shutDown: ended !== undefined,
    status: ended?.end ?? 'active',
    terminationTime: ended === undefined ? null : new Date(ended.endedAt).toISOString(),
    playerIds: [],
  };
}

/** `1.02:03:04`: days, where there are any, then hours, minutes and seconds. */
function dateSpan(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days === 0 ? clock : `${String(days)}.${clock}`;
}
