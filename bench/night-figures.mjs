import { runNight } from './night.mjs';

const actionsPerAsset = 3;
const actionsBeside = 30;
const mostEvents = 500;

/** One night serves all benches of it that are asked for. */
const nightOf = (context) => context.shared('night', () => runNight(context));

export async function nightSeconds(context) {
  const { night, assets, toApprovalMs, steps } = await nightOf(context);
  const timed = steps.filter(({ startedAt, finishedAt }) => startedAt && finishedAt);
  const seconds = ({ startedAt, finishedAt }) =>
    ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  return {
    value: toApprovalMs / 1000,
    detail: `night ${night}, ${assets} assets; ${timed.map((step) => `${step.id} ${seconds(step)} s`).join(', ')}`,
  };
}

export async function nightActions(context) {
  const { assets, cost } = await nightOf(context);
  const { actions, historyEvents } = cost;
  return {
    value: actions,
    goal: actionsPerAsset * assets + actionsBeside,
    alsoHolds: historyEvents <= mostEvents,
    detail:
      `${(actions / assets).toFixed(2)} an asset (${assets} assets; ` +
      `${((actions - actionsBeside) / assets).toFixed(2)} beyond ${actionsBeside}); ` +
      `${historyEvents} events in the run's own history (≤ ${mostEvents})`,
  };
}

export async function nightMemory(context) {
  const { peak } = await nightOf(context);
  return {
    value: peak.bytes / 1e6,
    detail: `${peak.source}; ${(peak.atStartBytes / 1e6).toFixed(0)} MB when it was ready`,
  };
}

export async function largestPayload(context) {
  const { payload } = await nightOf(context);
  return {
    value: payload.bytes,
    detail: `${payload.where}; ${payload.count} payloads, ${payload.totalBytes} bytes together`,
  };
}
