import type {
  CallOptions,
  GameServer,
  OpenCloudClient,
  ServerLogEntry,
} from '../../adapters/open-cloud/index.js';
import { fingerprintOf } from '../../domain/error-fingerprint.js';
import type { PublishTarget } from '../../domain/project.js';
import type { SeenError } from '../../domain/watch.js';
import { isoTime } from './dependencies.js';

/** Servers whose logs are read in one look: each is a call, of 100 a minute for all keys of an owner. */
const mostLogs = 10;
const logEntries = 100;
const longestMessage = 200;

export const isRunning = ({ status }: GameServer) => status === 'active' || status === 'pending';
export const hasCrashed = ({ status }: GameServer) => status === 'crashed' || status === 'out_of_memory';

/** How long the server ran between two moments, in minutes. */
export function minutesWithin(server: GameServer, from: number, to: number): number {
  const start = Math.max(from, Date.parse(server.createdAt) || from);
  const end = Math.min(to, server.endedAt === undefined ? to : Date.parse(server.endedAt));
  return Math.max(0, end - start) / 60_000;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : sorted.length === 0
      ? undefined
      : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Those that crashed first: their last words matter most. Of the others the oldest, so that each look sees the same. */
export const serversToRead = (servers: readonly GameServer[]): GameServer[] =>
  [...servers]
    .sort((a, b) => Number(hasCrashed(b)) - Number(hasCrashed(a)) || (a.createdAt < b.createdAt ? -1 : 1))
    .slice(0, mostLogs);

/** Errors of one server after a moment, by fingerprint, and the time of its last entry. */
export async function readErrors(
  client: OpenCloudClient,
  target: PublishTarget,
  server: GameServer,
  after: string,
  options: CallOptions,
): Promise<{ errors: SeenError[]; lastAt: string }> {
  const { universeId, placeId } = target;
  const entries = await client.listServerLogs(
    universeId,
    placeId,
    server.placeVersion,
    server.jobId,
    logEntries,
    options,
  );
  const fresh = entries.filter(({ at }) => at > after);
  return {
    errors: countErrors(fresh),
    lastAt: fresh.reduce((last, { at }) => (at > last ? at : last), after),
  };
}

function countErrors(entries: readonly ServerLogEntry[]): SeenError[] {
  return addErrors(
    [],
    entries
      .filter(({ severity }) => severity === 'error')
      .map((entry) => ({
        fingerprint: fingerprintOf(entry),
        message: entry.message.slice(0, longestMessage),
        count: entry.count,
      })),
  );
}

export function addErrors(seen: readonly SeenError[], more: readonly SeenError[]): SeenError[] {
  const byFingerprint = new Map(seen.map((error) => [error.fingerprint, error]));
  for (const error of more) {
    const known = byFingerprint.get(error.fingerprint);
    byFingerprint.set(error.fingerprint, known ? { ...known, count: known.count + error.count } : error);
  }
  return [...byFingerprint.values()];
}

export type WatchedMetric = 'ClientCrashRate15m' | 'PeakConcurrentPlayers';

/** Mean of the metric's valid points; projected and insignificant ones count as none. */
export async function readMetric(
  client: OpenCloudClient,
  target: PublishTarget,
  query: { metric: WatchedMetric; version?: number; from: number; to: number },
  options: CallOptions,
): Promise<{ value: number; samples: number; notSignificant?: boolean } | undefined> {
  const series = await client.queryMetric(
    target.universeId,
    {
      metric: query.metric,
      granularity: 'OneMinute',
      from: isoTime(query.from),
      to: isoTime(query.to),
      filters: [
        { dimension: 'Place', values: [target.placeId] },
        ...(query.version === undefined
          ? []
          : [{ dimension: 'PlaceVersion', values: [String(query.version)] }]),
      ],
      breakdown: [],
    },
    options,
  );
  const points = series.flatMap((each) => each.points);
  const valid = points.filter(({ status }) => status === 'valid');
  if (valid.length === 0) {
    return points.some(({ status }) => status === 'not-significant')
      ? { value: 0, samples: 0, notSignificant: true }
      : undefined;
  }
  const sum = valid.reduce((total, { value }) => total + value, 0);
  return { value: sum / valid.length, samples: valid.length };
}
