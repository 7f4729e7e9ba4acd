import { GraveshiftError } from '../../domain/failure.js';
import type { Caller } from './caller.js';
import { wasAnswered } from './failures.js';
import * as wire from './fleet-wire.js';
import type { LiveOperations } from './live-operations.js';
import * as build from './live-requests.js';
import { anyAnswerSchema, serverLogsSchema } from './live-wire.js';
import { readPages } from './pages.js';

type FleetOperations = Pick<
  LiveOperations,
  'forecastRestart' | 'restartServers' | 'listRestarts' | 'listGameServers' | 'listServerLogs'
>;

/** Most that cloud/v2 lets old servers stay up. */
const longestUniverseBleedOff = 60;
const logsPageSize = 100;

export function createFleetOperations({ call }: Caller): FleetOperations {
  return {
    forecastRestart: (universeId, options) =>
      call(() => build.forecastRestartRequest(universeId), wire.forecastSchema, options),

    async restartServers(universeId, places, bleedOffMinutes, options) {
      try {
        return await call(
          () => build.restartServersRequest(universeId, places, bleedOffMinutes),
          wire.restartLaunchedSchema,
          options,
        );
      } catch (error) {
        // The beta is not open to this universe: cloud/v2 can restart what does not run the newest version.
        const onlyOld = Object.values(places).every((filter) => 'excludeCurrentVersion' in filter);
        if (!onlyOld || !wasAnswered(error, 403, 404)) throw error;
      }
      const minutes = Math.min(bleedOffMinutes, longestUniverseBleedOff);
      await call(
        () => build.restartUniverseRequest(universeId, Object.keys(places), minutes),
        anyAnswerSchema,
        options,
      );
      return { restartId: `cloud-v2:bleed-off=${String(minutes)}`, players: 0, servers: 0 };
    },

    listRestarts: (universeId, options) =>
      call(() => build.listRestartsRequest(universeId), wire.restartsSchema, options),

    listGameServers: (universeId, placeId, version, options) =>
      readPages(async (token) => {
        const page = await call(
          () => build.listGameServersRequest(universeId, placeId, version, token),
          wire.gameServersSchema,
          options,
        );
        if (!page.partial) return page;
        throw new GraveshiftError(
          'ServiceUnavailable',
          `Open Cloud could answer only a part of the servers of place ${placeId}: what is not in it proves nothing. ` +
            'Try again later.',
          { details: { call: 'listGameServers', placeId, version } },
        );
      }),

    async listServerLogs(universeId, placeId, version, jobId, limit, options) {
      const server = { universeId, placeId, version, jobId };
      const pageSize = Math.min(limit, logsPageSize);
      const entries = await readPages(
        (token) =>
          call(() => build.listServerLogsRequest(server, pageSize, token), serverLogsSchema, options),
        limit,
      );
      return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    },
  };
}
