import type { OpenCloudClient, RestartStatus } from '../../adapters/open-cloud/index.js';
import type { LiveActivities } from '../../domain/deploy-activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';
import { callOptions, type LiveDependencies } from './dependencies.js';
import { createMeasureBaseline } from './measure-baseline.js';

/** Our version is among the newest: others may have come after it, but hardly as many. */
const historyLimit = 20;

export function createRestartActivities({
  clientFor,
  clock,
}: Pick<LiveDependencies, 'clientFor' | 'clock'>): Pick<
  LiveActivities,
  'prepareProduction' | 'restartOldServers'
> {
  const measureBaseline = createMeasureBaseline({ clientFor, clock });
  return {
    async prepareProduction({ target, snapshot, version, policy }) {
      const client = await clientFor(target);
      const forecast = await forecastOf(client, target);
      const taken = snapshot && (await client.snapshotDataStores(target.universeId, callOptions()));
      return {
        ...(taken ? { snapshot: taken } : {}),
        forecast: { players: forecast?.playersTotal ?? 0, servers: forecast?.serversTotal ?? 0 },
        baseline: await measureBaseline({ target, policy, ...(version !== undefined && { version }) }),
      };
    },

    async restartOldServers({ target, version, bleedOffMinutes }) {
      const client = await clientFor(target);
      const forecast = await forecastOf(client, target);
      const old = Object.entries(forecast?.serversPerVersion ?? {}).filter(
        ([running, servers]) => Number(running) !== version && servers > 0,
      );
      if (old.length === 0) return { servers: 0, players: 0 };
      const running = await runningRestart(client, target, version);
      if (running !== undefined) return running;
      try {
        const { servers, players } = await client.restartServers(
          target.universeId,
          { [target.placeId]: { excludeCurrentVersion: true } },
          bleedOffMinutes,
          callOptions(),
        );
        return { servers, players };
      } catch (error) {
        if (!(error instanceof GraveshiftError) || error.kind !== 'OutcomeUnknown') throw error;
        const landed = await runningRestart(client, target, version);
        if (landed !== undefined) return landed;
        // A second restart finds the servers of the first one gone: to ask again is harmless once we have looked.
        throw new GraveshiftError(
          'ServiceUnavailable',
          `The restart of place ${target.placeId} got no answer, and none is running. Try again later.`,
          { details: error.details, cause: error },
        );
      }
    },
  };
}

/** What a restart would hit; undefined where no server of the place runs. */
export async function forecastOf(client: OpenCloudClient, target: PublishTarget) {
  const forecasts = await client.forecastRestart(target.universeId, callOptions());
  return forecasts.find(({ placeId }) => placeId === target.placeId);
}

/** A restart of the place that was asked for after our version came: one before it was for another version. */
async function runningRestart(
  client: OpenCloudClient,
  target: PublishTarget,
  version: number,
): Promise<{ servers: number; players: number } | undefined> {
  const restarts = await client.listRestarts(target.universeId, callOptions());
  const going = restarts.filter(({ places }) => isGoing(places[target.placeId]));
  if (going.length === 0) return undefined;
  const { versions } = await client.listPlaceVersions(target.placeId, { limit: historyLimit }, callOptions());
  const ours = versions.find((entry) => entry.version === version);
  const since = ours?.createdTime === undefined ? Number.NaN : Date.parse(ours.createdTime);
  const place = going.find(({ scheduledAt }) => Date.parse(scheduledAt) >= since)?.places[target.placeId];
  return place && { servers: place.serversLeft, players: place.playersLeft };
}

const isGoing = (place: RestartStatus['places'][string] | undefined): boolean =>
  place !== undefined && place.state !== 'succeeded';
