import { setTimeout as delay } from 'node:timers/promises';

import { countRunActions } from '../dist/adapters/temporal/index.js';
import { withCleanUp } from './clean-up.mjs';
import { deployThrough, endOf, startDeployShift } from './deploy-shift.mjs';
import { stageContent } from './stage-content.mjs';
import { within } from './within.mjs';

const queuedJobs = 1000;
/** Asked for at once; some of them are begun while the others are being started. */
const nights = 1200;
const startedAtOnce = 50;
const queueLimitMs = 240_000;
const pollMs = 200;
const taskTypes = { workflow: 1, activity: 2 };
const queuesOfJobs = [
  { suffix: '', type: taskTypes.workflow },
  ...['', '-build', '-open-cloud', '-gpu'].map((suffix) => ({ suffix, type: taskTypes.activity })),
];

/** Two deploys, then a rollback while a thousand jobs wait on the same machine, and what they cost. */
export async function runDeploysAndRollback({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    const shift = await startDeployShift({ cleanUp, log, signal });
    // Processes of their own: making meshes keeps a process's one thread busy for hundreds of ms at a time.
    await shift.startWorker({ GRAVESHIFT_ROLES: 'workflows,gpu,build,open-cloud' });
    await shift.startWorker({ GRAVESHIFT_ROLES: 'rescue' });
    const { client } = shift;
    await stageContent(shift.parts, 'lanterns');
    const first = await deployThrough(shift, 'deploy-first', signal);
    await stageContent(shift.parts, 'floorboards');
    const second = await deployThrough(shift, 'deploy-second', signal);

    const backlog = await queueNights(shift, { log, signal });
    await shift.emulator.clearRequests();
    const rollback = await client.start(
      'emergencyRollback',
      { requestedBy: 'ana', reason: 'players fall through the floor', confirm: 'start' },
      { workflowId: 'bench/rollback' },
    );
    const result = await endOf(client, rollback.workflowId, signal);
    if (result.outcome !== 'rolled-back') throw new Error(`the rollback ended as ${JSON.stringify(result)}`);
    const { events } = await client.temporal.workflow.getHandle(rollback.workflowId).fetchHistory();
    return {
      cost: {
        first: await countRunActions(client.temporal, first),
        second: await countRunActions(client.temporal, second),
        rollback: await countRunActions(client.temporal, rollback),
      },
      latency: { ...(await latencyOf(shift, events)), backlog },
    };
  });
}

/** Nights by the hundred: their first jobs are Git's and Open Cloud's, and some are making meshes meanwhile. */
async function queueNights(shift, { log, signal }) {
  log(`  starting ${nights} nights`);
  for (let night = 1; night <= nights; night += startedAtOnce) {
    const some = Array.from(
      { length: Math.min(startedAtOnce, nights - night + 1) },
      (_, index) => night + index,
    );
    await Promise.all(
      some.map((each) =>
        shift.client.start('horrorNight', { night: each }, { workflowId: `bench/night-${each}` }),
      ),
    );
    signal.throwIfAborted();
  }
  const enough = async () => {
    for (;;) {
      const waiting = await jobsWaiting(shift);
      if (waiting >= queuedJobs) return waiting;
      await delay(pollMs, undefined, { signal });
    }
  };
  return within(enough(), { limitMs: queueLimitMs, what: `a backlog of ${queuedJobs} jobs`, signal });
}

/** Tasks that wait for a worker, as the server counts them; none of them is the rollback's. */
async function jobsWaiting({ connection, client, taskQueue }) {
  const counts = await Promise.all(
    queuesOfJobs.map(async ({ suffix, type }) => {
      const { stats } = await connection.workflowService.describeTaskQueue({
        namespace: client.temporal.options.namespace,
        taskQueue: { name: taskQueue + suffix },
        taskQueueType: type,
        reportStats: true,
      });
      return Number(stats?.approximateBacklogCount ?? 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * From the run's first event to the answer of its publish, by the server's clock, and how much of it Open Cloud took:
 * the emulator's own times of the calls that name the place or its universe.
 */
async function latencyOf({ emulator, project, placeId }, events) {
  const startedAt = timeOf(events[0]);
  const scheduled = events.find(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name === 'publishPlace',
  );
  const completed = events.find(
    ({ activityTaskCompletedEventAttributes: done }) =>
      String(done?.scheduledEventId) === String(scheduled?.eventId),
  );
  if (completed === undefined) throw new Error('the rollback published nothing');
  const publishedAt = timeOf(completed);
  const { universeId } = project.environments.production;
  const calls = (await emulator.requests()).filter(
    ({ at, path }) => Date.parse(at) <= publishedAt && [placeId, universeId].some((id) => path.includes(id)),
  );
  const callsMs = calls.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  return {
    totalMs: publishedAt - startedAt,
    callsMs,
    calls: calls.length,
    jobs: jobsUntil(events, publishedAt),
  };
}

/** The run's activities up to a time: what each waited for a worker, and took there, in ms. */
function jobsUntil(events, until) {
  const find = (kind, id) =>
    events.find((event) => event[kind] && String(event[kind].scheduledEventId) === String(id));
  return events.flatMap((event) => {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    const started = name && find('activityTaskStartedEventAttributes', event.eventId);
    const done = name && find('activityTaskCompletedEventAttributes', event.eventId);
    if (!started || !done || timeOf(done) > until) return [];
    return [{ name, waitedMs: timeOf(started) - timeOf(event), tookMs: timeOf(done) - timeOf(started) }];
  });
}

/** In ms since 1970. */
const timeOf = ({ eventTime }) => Number(eventTime.seconds) * 1000 + eventTime.nanos / 1e6;
