import type { GameServer, OpenCloudClient } from '../../adapters/open-cloud/index.js';
import type { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';
import type { Measured, SeenError, WatchBaseline, WatchPolicy } from '../../domain/watch.js';
import { warn } from '../support/context.js';
import { callOptions, failureOf, isoTime, type LiveDependencies } from './dependencies.js';
import {
  addErrors,
  hasCrashed,
  median,
  minutesWithin,
  readErrors,
  readMetric,
  serversToRead,
} from './look.js';

/** A history is no place for more; the most frequent ones are kept. */
const mostKnown = 500;

type Values = WatchBaseline['values'];

export function createMeasureBaseline({
  clientFor,
  clock,
}: Pick<LiveDependencies, 'clientFor' | 'clock'>): (input: {
  target: PublishTarget;
  /** The live one, where there is one. */
  version?: number;
  policy: WatchPolicy;
}) => Promise<WatchBaseline> {
  return async ({ target, version, policy }) => {
    const now = clock.now();
    const measuredAt = isoTime(now);
    if (version === undefined) return { measuredAt, values: {}, knownErrors: [] };
    const client = await clientFor(target);
    const span = { from: now - policy.baselineMinutes * 60_000, to: now };
    const failures: GraveshiftError[] = [];
    /** What cannot be read has no baseline, and the watch says so. */
    const orNothing = async <Result>(read: Promise<Result>): Promise<Result | undefined> => {
      try {
        return await read;
      } catch (error) {
        const failure = failureOf(error);
        failures.push(failure);
        warn('A part of the baseline cannot be read', { placeId: target.placeId, reason: failure.message });
        return undefined;
      }
    };
    const servers = await orNothing(
      client.listGameServers(target.universeId, target.placeId, version, callOptions()),
    );
    const errors = servers && (await orNothing(errorsOf(client, target, servers)));
    const metrics = await metricsOf(client, { target, version, policy, span }, orNothing);
    if (servers === undefined && Object.keys(metrics).length === 0) {
      const [passing] = failures.filter(({ retryable }) => retryable);
      // An outage passes; a key that may not look does not, and the watch will say so.
      if (passing !== undefined) throw passing;
    }
    const known = [...(errors ?? [])].sort((a, b) => b.count - a.count).slice(0, mostKnown);
    return {
      measuredAt,
      version,
      values: {
        ...(servers === undefined ? {} : valuesOf(servers, span)),
        ...metrics,
        ...(servers === undefined || errors === undefined ? {} : { errors: total(errors, servers, span) }),
      },
      knownErrors: known.map(({ fingerprint }) => fingerprint),
    };
  };
}

type Span = { from: number; to: number };

function valuesOf(servers: readonly GameServer[], span: Span): Values {
  const minutes = serverMinutes(servers, span);
  const crashes = servers.filter(
    (server) => hasCrashed(server) && Date.parse(server.endedAt ?? '') >= span.from,
  ).length;
  const frameRates = servers.flatMap(({ frameRate }) => frameRate ?? []);
  const memory = servers.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const of = (values: readonly number[]): Measured | undefined => {
    const value = median(values);
    return value === undefined ? undefined : { value, samples: values.length };
  };
  return withoutUndefined({
    'server-crashes': minutes === 0 ? undefined : { value: crashes / (minutes / 60), samples: minutes },
    'frame-rate': of(frameRates),
    memory: of(memory),
  });
}

async function metricsOf(
  client: OpenCloudClient,
  {
    target,
    version,
    policy,
    span,
  }: { target: PublishTarget; version: number; policy: WatchPolicy; span: Span },
  orNothing: <Result>(read: Promise<Result>) => Promise<Result | undefined>,
): Promise<Values> {
  const { clientCrashRate, players } = policy.signals;
  const crashRate = clientCrashRate.enabled
    ? await orNothing(
        readMetric(client, target, { metric: 'ClientCrashRate15m', version, ...span }, callOptions()),
      )
    : undefined;
  const peak = players.enabled
    ? await orNothing(readMetric(client, target, { metric: 'PeakConcurrentPlayers', ...span }, callOptions()))
    : undefined;
  const significant = (read: (Measured & { notSignificant?: boolean }) | undefined) =>
    read === undefined || read.notSignificant === true ? undefined : read;
  return withoutUndefined({ 'client-crash-rate': significant(crashRate), players: significant(peak) });
}

async function errorsOf(
  client: OpenCloudClient,
  target: PublishTarget,
  servers: readonly GameServer[],
): Promise<SeenError[]> {
  let errors: SeenError[] = [];
  for (const server of serversToRead(servers)) {
    errors = addErrors(errors, (await readErrors(client, target, server, '', callOptions())).errors);
  }
  return errors;
}

function total(errors: readonly SeenError[], servers: readonly GameServer[], span: Span): Measured {
  return {
    value: errors.reduce((sum, { count }) => sum + count, 0),
    samples: serverMinutes(servers, span),
  };
}

const serverMinutes = (servers: readonly GameServer[], { from, to }: Span): number =>
  servers.reduce((sum, server) => sum + minutesWithin(server, from, to), 0);

function withoutUndefined(values: { [Signal in keyof Values]: Measured | undefined }): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
