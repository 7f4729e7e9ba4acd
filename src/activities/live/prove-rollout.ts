import { z } from 'zod';

import type { OpenCloudClient } from '../../adapters/open-cloud/index.js';
import type { PublishIntent } from '../../domain/activities.js';
import type { LiveActivities } from '../../domain/deploy-activities.js';
import { GraveshiftError } from '../../domain/failure.js';
import { gateResult } from '../../domain/gate.js';
import { judgeRollout } from '../../domain/rollout.js';
import { activitySignal, keepProgress, keptProgress } from '../support/context.js';
import { callOptions, isoTime, type LiveDependencies } from './dependencies.js';
import { forecastOf } from './restart.js';

/** Servers without a bleed-off are gone in seconds; the others take minutes. */
const firstLookAfterMs = 1000;
const longestBetweenLooksMs = 15_000;
/** More versions than this since the publish, and a person should look at the history. */
const mostVersions = 50;
const mostNamed = 50;

const progressSchema = z.object({ startedAt: z.number() });

export function createProveRollout({
  clientFor,
  intents,
  clock,
}: Pick<LiveDependencies, 'clientFor' | 'intents' | 'clock'>): LiveActivities['proveRollout'] {
  return async ({ target, intent, version, minutes }) => {
    const client = await clientFor(target);
    const lastVersion = await lastVersionOf(intent);
    const before = progressSchema.safeParse(keptProgress());
    const startedAt = before.success ? before.data.startedAt : clock.now();
    keepProgress({ startedAt });
    const deadline = startedAt + minutes * 60_000;

    for (let betweenLooksMs = firstLookAfterMs; ; betweenLooksMs *= 2) {
      // Asked before the history is read: what lands in between is seen there.
      const sending = await othersSending(intent);
      const [history, recorded] = await Promise.all([
        client.listPlaceVersions(
          target.placeId,
          { afterVersion: lastVersion, limit: mostVersions },
          callOptions(),
        ),
        intents.recordedVersions(target.host, target.placeId),
      ]);
      const oldServers = await serversOfOthers(client, intent, version);
      const look = { history: history.versions, recorded, oldServers, sending };
      const state = judgeRollout(look, version);
      const left = deadline - clock.now();
      if (state.verdict !== 'waiting' || left <= 0) {
        const verdict = state.verdict === 'waiting' ? 'inconclusive' : state.verdict;
        const when = `${state.summary}, at ${isoTime(clock.now())}`;
        return {
          ...gateResult('rollout', verdict, when, state.findings),
          oldServers: oldServers.slice(0, mostNamed),
          unrecorded: state.unrecorded,
          ...(state.overtakenBy && { overtakenBy: state.overtakenBy }),
        };
      }
      await clock.sleep(Math.min(betweenLooksMs, longestBetweenLooksMs, left), activitySignal());
    }
  };

  /** Runs whose publish to the place is on its way: one that was fenced off may have been sent before. */
  async function othersSending({ runId, target }: PublishIntent): Promise<string[]> {
    const sent = (await intents.list(target.host, target.placeId)).filter(
      (other) => other.state === 'sent' && other.runId !== runId,
    );
    const alive = await Promise.all(sent.map((other) => intents.isBeingSent(other.runId, other.sha256)));
    return sent.filter((_, index) => alive[index]).map((other) => other.runId);
  }

  async function lastVersionOf(intent: PublishIntent): Promise<number> {
    const found = await intents.find(intent.runId, intent.place.sha256);
    if (found !== undefined) return found.lastVersion;
    throw new GraveshiftError(
      'DeploymentFailure',
      `Run ${intent.runId} has not recorded that it published place ${intent.place.sha256}: there is no roll-out to prove.`,
      { details: { runId: intent.runId, sha256: intent.place.sha256 } },
    );
  }
}

/** The forecast says which versions have servers; those are named one by one. */
async function serversOfOthers(
  client: OpenCloudClient,
  { target }: PublishIntent,
  version: number,
): Promise<{ jobId: string; version: number }[]> {
  const forecast = await forecastOf(client, target);
  const others = Object.entries(forecast?.serversPerVersion ?? {})
    .filter(([running, servers]) => Number(running) !== version && servers > 0)
    .map(([running]) => Number(running));
  const servers: { jobId: string; version: number }[] = [];
  for (const other of others) {
    const listed = await client.listGameServers(target.universeId, target.placeId, other, callOptions());
    servers.push(
      ...listed
        .filter(({ status }) => status === 'active' || status === 'pending')
        .map(({ jobId, placeVersion }) => ({ jobId, version: placeVersion })),
    );
  }
  return servers;
}
