import type { PublishIntent } from '../../src/domain/activities.js';
import { deployPolicySchema } from '../../src/domain/deploy.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import { placeWith, publish, stamp } from '../activities/live-fixtures.js';
import type { Scenario } from './scenarios.js';
import type { World } from './world.js';

const before = placeWith({ Module: 'return 1' });
const ours = placeWith({ Module: 'return 2' });
const attempts = 3;

async function intentOf({ target, artifacts }: World): Promise<PublishIntent> {
  const place = await artifacts.put(ours, 'application/octet-stream');
  return { runId: 'run-1', project: 'game', target, place, ...stamp, lease: 1 };
}

/** The steps of `publishOnce` (workflows/support/publish.ts), which the workflow takes on its own clock. */
async function publishOnce(world: World): Promise<{ version: number }> {
  const intent = await intentOf(world);
  const { lastVersion } = await world.activity(() => world.openCloud.preparePublish({ intent }));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await world.once(() => world.openCloud.publishPlace({ intent, versionType: 'Published' }));
    } catch (error) {
      if (!(error instanceof GraveshiftError) || error.kind !== 'OutcomeUnknown') throw error;
      await world.settle();
      const found = await world.activity(() => world.openCloud.reconcilePublish({ intent, lastVersion }));
      if (found.outcome === 'landed') return { version: found.version };
      if (found.outcome !== 'absent' || attempt === attempts) {
        throw new GraveshiftError('OutcomeUnknown', `${error.message}; afterwards: ${found.evidence}`, {
          details: error.details,
        });
      }
    }
  }
}

/** What is asked after the answer of a publish that landed was lost; sent again where it seems absent. */
async function reconcileLost(world: World): Promise<{ version: number }> {
  const intent = await intentOf(world);
  await world.settle();
  const found = await world.activity(() => world.openCloud.reconcilePublish({ intent, lastVersion: 1 }));
  if (found.outcome === 'landed') return { version: found.version };
  if (found.outcome === 'absent') {
    return world.once(() => world.openCloud.publishPlace({ intent, versionType: 'Published' }));
  }
  throw new GraveshiftError('OutcomeUnknown', found.evidence, { details: { call: 'publishPlace' } });
}

async function loseAnswer(world: World): Promise<void> {
  const { stage, openCloud } = world;
  await publish(stage, before);
  const intent = await intentOf(world);
  await openCloud.preparePublish({ intent });
  await stage.admin.injectFault({ match: { method: 'POST', path: '/versions' }, kind: 'cut-after' });
  const failure: unknown = await openCloud
    .publishPlace({ intent, versionType: 'Published' })
    .catch((error: unknown) => error);
  if (!(failure instanceof GraveshiftError) || failure.kind !== 'OutcomeUnknown') throw failure;
}

/** Our versions: the place had one before. */
const versions = async ({ stage }: World) => (await stage.admin.placeHistory(stage.placeId)).length - 1;

const publishing: Scenario = {
  through: 'preparePublish',
  arrange: async ({ stage }) => {
    await publish(stage, before);
  },
  act: publishOnce,
  effects: versions,
  makes: { wellEnded: 1, most: 1 },
};
const reconciling: Scenario = {
  through: 'reconcilePublish',
  arrange: loseAnswer,
  act: reconcileLost,
  effects: versions,
  makes: { wellEnded: 1, most: 1 },
  isMadeBefore: true,
};

export const publishScenarios = {
  publishPlace: { ...publishing, through: 'publishPlace', looksBy: ['listPlaceVersions'] },
  listPlaceVersions: reconciling,
  locatePlaceVersion: reconciling,
  downloadContent: reconciling,
  getUniverse: publishing,
  getPlace: publishing,
  introspectKey: publishing,
  listTeamCreateMembers: {
    through: 'checkDeploy',
    arrange: publishing.arrange,
    act: ({ activity, preflight, target }) =>
      activity(() =>
        preflight.checkDeploy({
          staging: target,
          production: target,
          policy: deployPolicySchema.parse({}),
          ramp: false,
          stagedRun: 'night-1',
        }),
      ),
    effects: versions,
    makes: { wellEnded: 0, most: 0 },
  },
  describePlaceVersion: {
    through: 'client',
    arrange: publishing.arrange,
    act: ({ activity, client, stage }) =>
      activity(() =>
        client.describePlaceVersion(stage.placeId, 1, { title: 'night-1', description: 'run-1' }),
      ),
    effects: async ({ stage }) =>
      (await stage.admin.placeHistory(stage.placeId)).filter(({ title }) => title === 'night-1').length,
    makes: { wellEnded: 1, most: 1 },
  },
} satisfies Partial<Record<string, Scenario>>;
