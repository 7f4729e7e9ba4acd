import type { GameServer, OpenCloudClient } from '../../adapters/open-cloud/index.js';
import type { LiveActivities } from '../../domain/deploy-activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { PublishTarget } from '../../domain/project.js';
import { isBlind, isCrashLoop, judge } from '../../domain/watch-rules.js';
import type { WatchPolicy } from '../../domain/watch.js';
import { activitySignal, keepProgress, keptProgress } from '../support/context.js';
import { callOptions, failureOf, type LiveDependencies } from './dependencies.js';
import { addErrors, hasCrashed, isRunning, readErrors, readMetric, serversToRead } from './look.js';
import {
  keepLook,
  mostCrashedJobs,
  mostErrors,
  newWatch,
  samplesOf,
  watchStateSchema,
  type WatchState,
} from './watch-state.js';

type Watch = { client: OpenCloudClient; target: PublishTarget; policy: WatchPolicy };

export function createWatchRelease({
  clientFor,
  clock,
}: Pick<LiveDependencies, 'clientFor' | 'clock'>): LiveActivities['watchRelease'] {
  return async ({ target, version, baseline, policy }) => {
    const watch = { client: await clientFor(target), target, policy };
    const kept = watchStateSchema.safeParse(keptProgress());
    let state = kept.success && kept.data.version === version ? kept.data : newWatch(version, clock.now());
    const deadline = state.startedAt + policy.minutes * 60_000;

    for (;;) {
      const isLast = clock.now() >= deadline;
      state = await look(watch, state, clock.now());
      const metricsDue = clock.now() - state.metricsAt >= policy.metricsEverySeconds * 1000;
      if (isLast || metricsDue) state = await askMetrics(watch, state, clock.now());
      keepProgress(state);

      const samples = samplesOf(state, clock.now());
      const report = judge(samples, baseline, policy);
      if (isCrashLoop(report)) return report;
      if (isLast && isBlind(samples, policy)) throw blind(target, version, report.summary);
      if (isLast) return report;
      const wait = Math.min(policy.everySeconds * 1000, deadline - clock.now());
      await clock.sleep(Math.max(1, wait), activitySignal());
    }
  };
}

/** The servers, and what they log. */
async function look(watch: Watch, before: WatchState, now: number): Promise<WatchState> {
  const { client, target } = watch;
  let servers: GameServer[];
  try {
    servers = await client.listGameServers(target.universeId, target.placeId, before.version, callOptions());
  } catch (error) {
    const servers = failureOf(error).message;
    // The time until the next look that succeeds was not watched.
    return { ...before, lookedAt: now, unreadable: { ...before.unreadable, servers } };
  }
  const running = servers.filter(isRunning);
  const crashed = servers.filter(
    (server) => hasCrashed(server) && Date.parse(server.endedAt ?? '') >= before.startedAt,
  );
  const newlyCrashed = crashed.filter(({ jobId }) => !before.crashedJobs.includes(jobId));
  const state: WatchState = {
    ...before,
    lookedAt: now,
    serversSeen: true,
    serverMinutes: before.serverMinutes + (running.length * (now - before.lookedAt)) / 60_000,
    crashedJobs: [...before.crashedJobs, ...newlyCrashed.map(({ jobId }) => jobId)].slice(-mostCrashedJobs),
    frameRates: keepLook(
      before.frameRates,
      running.flatMap(({ frameRate }) => frameRate ?? []),
    ),
    memory: keepLook(
      before.memory,
      running.flatMap(({ memoryBytes }) => memoryBytes ?? []),
    ),
  };
  return watch.policy.signals.errors.enabled ? readLogs(watch, state, [...newlyCrashed, ...running]) : state;
}

async function readLogs(
  { client, target }: Watch,
  before: WatchState,
  servers: readonly GameServer[],
): Promise<WatchState> {
  let { errors, logsSeen } = before;
  // A server that is not read this time may be read again: from where it was left, or errors would count twice.
  const listed = new Set(servers.map(({ jobId }) => jobId));
  const logsRead = Object.fromEntries(Object.entries(before.logsRead).filter(([job]) => listed.has(job)));
  try {
    for (const server of serversToRead(servers)) {
      const after = before.logsRead[server.jobId] ?? '';
      const read = await readErrors(client, target, server, after, callOptions());
      errors = addErrors(errors, read.errors);
      logsRead[server.jobId] = read.lastAt;
      logsSeen = true;
    }
  } catch (error) {
    const unreadable = { ...before.unreadable, logs: failureOf(error).message };
    // What was read is kept with how far it was read: nothing is counted twice.
    return { ...before, errors, logsSeen, logsRead, unreadable };
  }
  const frequent = [...errors].sort((a, b) => b.count - a.count).slice(0, mostErrors);
  return { ...before, errors: frequent, logsSeen, logsRead };
}

/** Analytics lag, and their quota is small: asked rarely, over the whole time of the watch. */
async function askMetrics({ client, target, policy }: Watch, before: WatchState, now: number) {
  const state: WatchState = {
    ...before,
    metricsAt: now,
    metrics: { ...before.metrics },
    unreadable: { ...before.unreadable },
  };
  const queries = [
    { name: 'clientCrashRate', metric: 'ClientCrashRate15m', version: before.version },
    { name: 'players', metric: 'PeakConcurrentPlayers', version: undefined },
  ] as const;
  for (const { name, metric, version } of queries) {
    if (!policy.signals[name].enabled) continue;
    const span = { from: before.startedAt, to: Math.max(now, before.startedAt + 60_000) };
    const query = { metric, ...span, ...(version === undefined ? {} : { version }) };
    try {
      const read = await readMetric(client, target, query, callOptions());
      if (read !== undefined) state.metrics[name] = read;
    } catch (error) {
      state.unreadable[name] = failureOf(error).message;
    }
  }
  return state;
}

function blind(target: PublishTarget, version: number, summary: string): GraveshiftError {
  return new GraveshiftError(
    'ServiceUnavailable',
    `Nothing of version ${String(version)} of place ${target.placeId} could be watched. ${summary}`,
    { details: { placeId: target.placeId, version } },
  );
}
