import { z } from 'zod';

import type { GameServer, RestartForecast, RestartStatus } from './live-operations.js';
import { pageToken } from './live-wire.js';
import { versionNumber } from './wire.js';

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const perVersion = z
  .record(z.string(), z.number())
  .nullish()
  .transform((counts): Record<number, number> => counts ?? {});

export const forecastSchema = z
  .object({
    placeForecasts: z
      .record(
        z.string(),
        z.object({
          playersImpacted: count,
          totalPlayers: count,
          instancesImpacted: count,
          totalInstances: count,
          instancesPerVersion: perVersion,
          playersPerVersion: perVersion,
        }),
      )
      .nullish(),
  })
  .transform(({ placeForecasts }): RestartForecast[] =>
    Object.entries(placeForecasts ?? {}).map(([placeId, place]) => ({
      placeId,
      playersImpacted: place.playersImpacted,
      playersTotal: place.totalPlayers,
      serversImpacted: place.instancesImpacted,
      serversTotal: place.totalInstances,
      serversPerVersion: place.instancesPerVersion,
      playersPerVersion: place.playersPerVersion,
    })),
  );

export const restartLaunchedSchema = z
  .object({ id: z.string(), playersImpacted: count, instancesImpacted: count })
  .transform(({ id, playersImpacted, instancesImpacted }) => ({
    restartId: id,
    players: playersImpacted,
    servers: instancesImpacted,
  }));

const restartState = z.string().transform((state): RestartStatus['places'][string]['state'] => {
  switch (state.toUpperCase()) {
    case 'SUCCEEDED':
      return 'succeeded';
    case 'RESTARTING':
      return 'restarting';
    default:
      // A state that we do not know is not an end.
      return 'delaying';
  }
});

export const restartsSchema = z
  .object({
    restartStatuses: z
      .record(
        z.string(),
        z.object({
          scheduledTime: z.string().default(''),
          placeRestartStatuses: z
            .record(
              z.string(),
              z
                .object({ state: restartState, remainingInstances: count, remainingPlayers: count })
                .transform(({ state, remainingInstances, remainingPlayers }) => ({
                  state,
                  serversLeft: remainingInstances,
                  playersLeft: remainingPlayers,
                })),
            )
            .nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ restartStatuses }): RestartStatus[] =>
    Object.entries(restartStatuses ?? {}).map(([restartId, status]) => ({
      restartId,
      scheduledAt: status.scheduledTime,
      places: status.placeRestartStatuses ?? {},
    })),
  );

const serverStatuses = [
  'active',
  'pending',
  'shut_down',
  'restarted',
  'roblox_restarted',
  'crashed',
  'out_of_memory',
  'moderated',
] as const;

export const gameServersSchema = z
  .object({
    gameServers: z
      .array(
        z
          .object({
            jobId: z.string(),
            placeVersion: versionNumber,
            status: z
              .string()
              .nullish()
              .transform((status) => serverStatuses.find((known) => known === status) ?? 'unspecified'),
            createTime: z.string().default(''),
            terminationTime: z.string().nullish(),
            frameRate: z.number().nullish(),
            memoryUsageBytes: z.coerce.number().nullish(),
            occupancy: count,
          })
          .transform((server): GameServer => ({
            jobId: server.jobId,
            placeVersion: server.placeVersion,
            status: server.status,
            createdAt: server.createTime,
            ...(server.terminationTime ? { endedAt: server.terminationTime } : {}),
            ...(typeof server.frameRate === 'number' ? { frameRate: server.frameRate } : {}),
            ...(typeof server.memoryUsageBytes === 'number' ? { memoryBytes: server.memoryUsageBytes } : {}),
            players: server.occupancy,
          })),
      )
      .nullish(),
    nextPageToken: pageToken,
    activeServersFetchError: z.boolean().nullish(),
    shutdownServersFetchError: z.boolean().nullish(),
  })
  .transform((page) => ({
    items: page.gameServers ?? [],
    nextPageToken: page.nextPageToken,
    /** Half of the fleet could not be read: an absent server proves nothing. */
    partial: page.activeServersFetchError === true || page.shutdownServersFetchError === true,
  }));
