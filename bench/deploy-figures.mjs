import { runDeploysAndRollback } from './rollback.mjs';

const mostRollbackActions = 25;

/** Two deploys and one rollback serve both benches. */
const runsOf = (context) => context.shared('deploys', () => runDeploysAndRollback(context));

export async function deployActions(context) {
  const { cost } = await runsOf(context);
  const { first, second, rollback } = cost;
  return {
    value: second.actions,
    alsoHolds: rollback.actions <= mostRollbackActions,
    detail:
      `${second.historyEvents} events; the first deploy of a place ${first.actions}, with the start of its two place ` +
      `entities; a rollback ${rollback.actions} (≤ ${mostRollbackActions}), ${rollback.historyEvents} events; ` +
      'approval included, heartbeats not',
  };
}

export async function rollbackLatency(context) {
  const { latency } = await runsOf(context);
  const { totalMs, callsMs, calls, jobs, backlog } = latency;
  const shown = jobs.map(
    ({ name, waitedMs, tookMs }) => `${name} ${waitedMs.toFixed(0)} + ${tookMs.toFixed(0)}`,
  );
  return {
    value: (totalMs - callsMs) / 1000,
    detail:
      `${(totalMs / 1000).toFixed(2)} s with ${calls} calls of ${callsMs} ms; ${backlog} jobs waited; ` +
      `waited + took in ms: ${shown.join(', ')}`,
  };
}
