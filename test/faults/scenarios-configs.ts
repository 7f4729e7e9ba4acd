import type { Scenario } from './scenarios.js';
import type { World } from './world.js';

const dark = { night: 0 };
const on = { night: 3 };

const set = ({ activity, live, target }: World, values: Record<string, unknown>, runId = 'run-1') =>
  activity(() => live.setConfig({ target, runId, values, strategy: 'Immediate' }));

const configOf = async (world: World) => (await world.emulatorState()).configs[world.stage.universeId];

/** Revisions that switched the night on. */
const revisions = async (world: World) =>
  ((await configOf(world))?.revisions ?? []).filter(({ entries }) => entries.night === on.night).length;

const switching: Scenario = {
  through: 'setConfig',
  arrange: async (world) => {
    await set(world, dark, 'run-0');
  },
  act: (world) => set(world, on),
  effects: revisions,
  makes: { wellEnded: 1, most: 1 },
};

export const configScenarios = {
  getConfig: switching,
  getConfigDraft: switching,
  updateConfigDraft: { ...switching, looksBy: ['getConfigDraft'] },
  publishConfig: { ...switching, looksBy: ['getConfig'] },
  listConfigRevisions: {
    ...switching,
    arrange: async (world) => {
      await set(world, dark, 'run-0');
      await set(world, on);
    },
    isMadeBefore: true,
  },
  restoreConfigRevision: {
    through: 'client',
    arrange: async (world) => {
      await set(world, dark, 'run-0');
      await set(world, on);
    },
    act: async ({ activity, client, stage, emulatorState }) => {
      const first = (await emulatorState()).configs[stage.universeId]?.revisions[0];
      return activity(() => client.restoreConfigRevision(stage.universeId, first?.revisionId ?? ''));
    },
    effects: async (world) => ((await configOf(world))?.draft.night === dark.night ? 1 : 0),
    makes: { wellEnded: 1, most: 1 },
  },
  publishMessage: {
    through: 'client',
    arrange: () => Promise.resolve(),
    act: ({ activity, client, stage }) =>
      activity(() => client.publishMessage(stage.universeId, { topic: 'night', message: 'it falls' })),
    effects: async ({ stage }) => (await stage.admin.messages(stage.universeId)).length,
    makes: { wellEnded: 1, most: 1 },
  },
} satisfies Partial<Record<string, Scenario>>;
