import { fleetAt, type FleetWorld } from './fleet.js';
import type { EndedServer, Server } from './fleet-state.js';
import type { MetricQuery, StoredMetric } from './metric-state.js';
import { healthOf } from './server-health.js';
import type { StoredPlace } from './state.js';

export type MetricSeries = {
  breakdowns: { dimension: string; value: string; displayValue: null }[];
  dataPoints: { time: string; value: number; stringValues: null; status: string }[];
};

const minuteMs = 60_000;
const bucketMs: Record<MetricQuery['granularity'], number> = {
  OneMinute: minuteMs,
  HalfHour: 30 * minuteMs,
  OneHour: 60 * minuteMs,
  OneDay: 1_440 * minuteMs,
  OneWeek: 7 * 1_440 * minuteMs,
  OneMonth: 30 * 1_440 * minuteMs,
  None: Number.POSITIVE_INFINITY,
};

type Watched = {
  server: Server | EndedServer;
  world: FleetWorld;
  players: number;
  dimensions: Record<string, string>;
};
type Bucket = { from: number; to: number };

/** The beginning and end of each bucket; buckets begin at whole minutes, hours and so on. */
export function bucketsOf({ granularity, startTime, endTime }: MetricQuery): Bucket[] {
  const [start, end] = [Date.parse(startTime), Date.parse(endTime)];
  const size = bucketMs[granularity];
  if (!Number.isFinite(size)) return start < end ? [{ from: start, to: end }] : [];
  const buckets: Bucket[] = [];
  for (let from = Math.floor(start / size) * size; from < end; from += size)
    buckets.push({ from, to: from + size });
  return buckets;
}

/** What follows from the fleets of the universe's places and how their versions behave. */
export function metricOfFleets(
  places: readonly { place: StoredPlace; world: FleetWorld }[],
  query: MetricQuery,
  now: number,
): MetricSeries[] {
  const measure = measures[query.metric];
  if (measure === undefined) return [];
  const groups = new Map<string, Watched[]>();
  for (const watched of places.flatMap((each) => watch(each, now))) {
    if (!passes(watched.dimensions, query)) continue;
    const key = JSON.stringify(query.breakdown.map((dimension) => watched.dimensions[dimension] ?? ''));
    groups.set(key, [...(groups.get(key) ?? []), watched]);
  }
  return [...groups].map(([key, group]) => ({
    breakdowns: query.breakdown.map((dimension, index) => ({
      dimension,
      value: (JSON.parse(key) as string[])[index] ?? '',
      displayValue: null,
    })),
    dataPoints: bucketsOf(query).flatMap((bucket) => {
      const alive = group.filter(
        ({ server }) => server.startedAt < bucket.to && endOf(server, now) > bucket.from,
      );
      return alive.length === 0 || bucket.from > now
        ? []
        : [point(bucket.from, measure(alive, bucket, now), 'Valid')];
    }),
  }));
}

/** What the admin has set, where it has. */
export function metricAsSet(
  metrics: readonly StoredMetric[],
  query: MetricQuery,
  now: number,
): MetricSeries[] {
  const buckets = bucketsOf(query).filter(({ from }) => from <= now);
  return metrics
    .filter(({ breakdown }) => passes(breakdown, query))
    .map(({ value, series, status, breakdown }) => ({
      breakdowns: query.breakdown.map((dimension) => ({
        dimension,
        value: breakdown[dimension] ?? '',
        displayValue: null,
      })),
      dataPoints: buckets.flatMap(({ from, to }) => {
        const found = value ?? series?.find(({ at }) => Date.parse(at) >= from && Date.parse(at) < to)?.value;
        return found === undefined ? [] : [point(from, found, status)];
      }),
    }));
}

const point = (time: number, value: number, status: string) => ({
  time: new Date(time).toISOString(),
  value,
  stringValues: null,
  status,
});

const endOf = (server: Server | EndedServer, now: number) => ('endedAt' in server ? server.endedAt : now + 1);

function watch({ place, world }: { place: StoredPlace; world: FleetWorld }, now: number): Watched[] {
  if (place.fleet === undefined) return [];
  const { running, ended } = fleetAt(place.fleet, world, now);
  const players = place.fleet.playersPerServer;
  return [...running, ...ended].map((server) => ({
    server,
    world,
    players,
    dimensions: { Place: world.placeId, PlaceVersion: String(server.version) },
  }));
}

function passes(dimensions: Record<string, string>, { filter }: MetricQuery): boolean {
  return filter.every(({ dimension, values, operation }) => {
    const value = dimensions[dimension];
    if (value === undefined) return true;
    return operation === 'NotIn' ? !values.includes(value) : operation !== 'In' || values.includes(value);
  });
}

const average = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const clientCrashRate = (alive: readonly Watched[]) =>
  average(
    alive.map(({ server, world }) =>
      Math.max(0, ...world.behavioursOf(server.version).map((each) => each.clientCrashRate ?? 0)),
    ),
  );

const frameRate = (alive: readonly Watched[], { to }: Bucket, now: number) =>
  average(
    alive.flatMap(
      ({ server, world }) => healthOf(server, world, Math.min(to, endOf(server, now))).frameRate ?? [],
    ),
  );

const players = (alive: readonly Watched[]) => alive.reduce((sum, each) => sum + each.players, 0);

const endsAs =
  (end: string) =>
  (alive: readonly Watched[], { from, to }: Bucket) =>
    alive.filter(
      ({ server }) =>
        'endedAt' in server && server.end === end && server.endedAt >= from && server.endedAt < to,
    ).length;

/** The metrics that a fleet tells something about. */
const measures: Record<string, (alive: readonly Watched[], bucket: Bucket, now: number) => number> = {
  ServerCrashCount: (alive, bucket) =>
    endsAs('crashed')(alive, bucket) + endsAs('out_of_memory')(alive, bucket),
  ServerFrameRateAvg: frameRate,
  ServerFrameRate: frameRate,
  PeakConcurrentPlayers: players,
  ClientCrashRate15m: clientCrashRate,
  ClientCrashCount: (alive) => Math.round((clientCrashRate(alive) * players(alive)) / 1000),
  OomUnexpectedExits: () => 0,
};
