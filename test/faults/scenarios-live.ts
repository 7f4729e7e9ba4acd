import { watchPolicySchema } from '../../src/domain/watch.js';
import { commit, intentOf, placeWith, publish } from '../activities/live-fixtures.js';
import type { Scenario } from './scenarios.js';
import type { World } from './world.js';

const oldPlace = placeWith({ Module: 'return 1' });
const newPlace = placeWith({ Module: 'return 2' });
const version = 2;
const bleedOffMinutes = 5;

/** Four servers on version 1, and version 2 published by a run that recorded it. */
async function release({ stage, ledger }: World): Promise<void> {
  await stage.admin.setFleet(stage.placeId, { servers: 4, playersPerServer: 10 });
  await publish(stage, oldPlace);
  stage.clock.advance(3_600_000);
  const intent = intentOf(stage, newPlace);
  await ledger.intents.record(intent, 1);
  await publish(stage, newPlace);
  await ledger.intents.mark(intent.runId, intent.place.sha256, 'landed', version);
  stage.clock.advance(1000);
}

const stateOf = async (world: World) => {
  const { restarts, universes, luauTasks } = await world.emulatorState();
  const { universeId } = world.stage;
  return {
    restarts: (restarts[universeId] ?? []).length,
    snapshots: universes[universeId]?.snapshotTime === undefined ? 0 : 1,
    tasks: Object.keys(luauTasks).length,
  };
};

const preparing: Scenario = {
  through: 'prepareProduction',
  arrange: release,
  act: ({ activity, live, target }) =>
    activity(() => live.prepareProduction({ target, snapshot: true, policy: watchPolicySchema.parse({}) })),
  effects: async (world) => (await stateOf(world)).snapshots,
  makes: { wellEnded: 1, most: 1 },
};

const restarting: Scenario = {
  through: 'restartOldServers',
  arrange: release,
  act: ({ activity, live, target }) =>
    activity(() => live.restartOldServers({ target, version, bleedOffMinutes })),
  effects: async (world) => (await stateOf(world)).restarts,
  makes: { wellEnded: 1, most: 1 },
};

/** A first restart that starts after it was looked for is not seen. */
const twice = {
  makes: { wellEnded: 1, most: 2 },
  harmlessTwice: 'a second restart closes only servers of old versions, as the first one does',
};

const proving: Scenario = {
  through: 'proveRollout',
  arrange: release,
  act: ({ activity, live, target, stage }) =>
    activity(async () => {
      const proof = await live.proveRollout({
        target,
        intent: intentOf(stage, newPlace),
        version,
        minutes: 2,
      });
      if (proof.verdict === 'pass') throw new Error('Old servers run: no proof may say otherwise');
      return proof;
    }),
  effects: () => Promise.resolve(0),
  makes: { wellEnded: 0, most: 0 },
};

const watching: Scenario = {
  through: 'watchRelease',
  arrange: async (world) => {
    const { stage, target, live } = world;
    await release(world);
    await stage.admin.configure({ analyticsDelayMs: 1000 });
    await live.restartOldServers({ target, version, bleedOffMinutes: 0 });
    stage.clock.advance(60_000);
  },
  act: ({ activity, live, target }) =>
    activity(() =>
      live.watchRelease({
        target,
        version,
        baseline: { measuredAt: '2026-01-01T00:00:00Z', values: {}, knownErrors: [] },
        policy: watchPolicySchema.parse({ minutes: 5, metricsEverySeconds: 60 }),
      }),
    ),
  effects: () => Promise.resolve(0),
  makes: { wellEnded: 0, most: 0 },
};

const testing: Scenario = {
  through: 'testStaged',
  arrange: async ({ stage }) => {
    await publish(stage, oldPlace);
    await publish(stage, newPlace);
  },
  act: ({ activity, live, target }) =>
    activity(() => live.testStaged({ project: 'game', commit, target, version })),
  effects: async (world) => (await stateOf(world)).tasks,
  makes: { wellEnded: 1, most: 1 },
};

export const liveScenarios = {
  snapshotDataStores: preparing,
  forecastRestart: restarting,
  restartServers: { ...restarting, ...twice, looksBy: ['listRestarts'] },
  restartUniverse: { ...restarting, ...twice },
  listRestarts: restarting,
  listGameServers: proving,
  listServerLogs: watching,
  createLuauTask: {
    ...testing,
    makes: { wellEnded: 1, most: 2 },
    harmlessTwice: 'a test writes no place: a second one costs quota',
  },
  getLuauTask: { ...testing, isMadeBefore: true },
  listLuauTaskLogs: { ...testing, isMadeBefore: true },
  queryMetric: watching,
  getMetricOperation: watching,
} satisfies Partial<Record<string, Scenario>>;
