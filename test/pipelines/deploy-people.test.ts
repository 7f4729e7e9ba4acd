import { describe, expect, it } from 'vitest';

import { createLedger } from '../../src/adapters/ledger/index.js';
import { findPlace } from '../../src/cli/place-target.js';
import { createOpenCloudClients } from '../../src/worker/open-cloud-clients.js';
import { loadWorkerSettings } from '../../src/worker/settings.js';
import type { DeployResult } from '../../src/workflows/deploy.js';
import { runCli } from '../cli/run-cli.js';
import { longTests } from '../support/long-tests.js';
import { approve, awaitApproval, resultOf, startDeploy, startDeployShift } from '../support/deploy-shift.js';
import { eventually } from '../support/eventually.js';
import type { NightShift } from '../support/night-shift.js';
import { stageContent } from '../support/staged-content.js';

const stateOf = async (shift: NightShift, id: string, step: string) =>
  (await shift.client.progress(id)).steps.find((each) => each.id === step)?.state;

const shasOf = async (shift: NightShift): Promise<string[]> =>
  (await shift.emulator.placeHistory(shift.productionPlaceId)).map(({ sha256 }) => sha256);

async function digestAsked(shift: NightShift, id: string): Promise<string> {
  await awaitApproval(shift, id);
  const { request } = await shift.client.approvals(id);
  if (!request) throw new Error('Nothing is asked for');
  return request.digest;
}

describe('an approval before production', () => {
  it.concurrent('counts only from who may give it, and only for what is asked for now', async () => {
    const approvers = [
      { name: 'ana', roles: ['producer'] },
      { name: 'ben', roles: ['tester'] },
      { name: 'eva', roles: ['producer'] },
    ];
    await using shift = await startDeployShift({
      approvals: { approvers, roles: ['producer'], fourEyes: true },
    });
    await stageContent(shift, 'lanterns');
    const before = await startDeploy(shift, {}, 'before-the-edit');
    const digest = await digestAsked(shift, before);
    await shift.client.cancel(before);
    expect(await shift.client.end(before)).toMatchObject({ outcome: 'cancelled' });

    const edited = await stageContent(shift, 'floorboards');
    const id = await startDeploy(shift);
    expect(await digestAsked(shift, id)).not.toBe(digest);
    const approving = (by: string, more = {}) => shift.client.decide(id, 'approve', { by, ...more });
    await expect(approving('eva', { digest })).rejects.toThrow('is asked for');
    await expect(approving('ana')).rejects.toThrow('four eyes');
    await expect(approving('mallory')).rejects.toThrow('not among the approvers');
    // A signal has no validator: it is recorded, shown, and does not count.
    const handle = await shift.client.handle(id);
    await handle.signal('approve', { by: 'ana' });
    await handle.signal('approve', { by: 'eva', digest });
    expect(await approving('ben')).toMatchObject({ missing: [expect.stringContaining('producer')] });
    const { state, ignored } = await shift.client.progress(id);
    expect(state).toBe('awaiting-approval');
    expect(ignored.map(({ message }) => message)).toEqual([
      expect.stringContaining('four eyes'),
      expect.stringContaining('is asked for'),
    ]);
    expect(await shasOf(shift)).toEqual([]);

    await approving('eva');
    expect(await resultOf<DeployResult>(shift, id)).toMatchObject({ outcome: 'kept', version: 1 });
    expect(await shasOf(shift)).toEqual([edited.sha256]);
    const ledger = await createLedger({ url: shift.home.ledger });
    const live = await ledger.releases.live('emulator', shift.productionPlaceId);
    await ledger.close();
    expect(live?.approvals.map(({ by }) => by)).toEqual(['ben', 'eva']);
  });

  it.concurrent(
    'that nobody gives in time is a rejection, after the ticks that stand for the tools',
    async () => {
      const advisory = ['tasks', 'review', 'staging-tests', 'performance', 'security', 'publish-safety'];
      await using shift = await startDeployShift({
        // 3.6 seconds.
        approvals: { timeoutHours: 0.001 },
        gates: { mode: 'manual', policy: Object.fromEntries(advisory.map((gate) => [gate, 'advisory'])) },
      });
      await stageContent(shift, 'lanterns');
      const id = await startDeploy(shift);
      await eventually(
        () => shift.client.progress(id),
        ({ steps }) => steps.some((step) => step.note === 'waits for a tick of unit-tests'),
      );
      const handle = await shift.client.handle(id);
      await handle.signal('tick', { gate: 'weather', verdict: 'pass', evidence: 'sunny', by: 'ben' });
      const { TEMPORAL_ADDRESS = '', PATH = '' } = shift.env;
      const ticked = await runCli(
        ['tick', id, '--gate', 'unit-tests', '--evidence', 'ran by hand, 214 passed', '--by', 'ben'],
        { env: { TEMPORAL_ADDRESS, PATH } },
      );
      expect(ticked).toMatchObject({ code: 0, stdout: expect.stringContaining('unit-tests') as string });
      expect(await shift.client.end(id)).toMatchObject({
        outcome: 'rejected',
        reason: expect.stringContaining('nobody approved') as string,
      });
      const { ignored } = await shift.client.progress(id);
      expect(ignored.map(({ message }) => message)).toEqual([expect.stringContaining('tick: gate')]);
      expect(JSON.stringify(await shift.client.approvals(id))).toContain('ran by hand, 214 passed');
      expect(await shasOf(shift)).toEqual([]);
    },
  );
});

describe('when and how fast a release reaches players', () => {
  it.runIf(longTests).concurrent(
    'is kept to its window, switched on by degrees, and switched off again on a bad sign',
    { timeout: 240_000 },
    async () => {
      await using shift = await startDeployShift();
      const good = await stageContent(shift, 'lanterns');
      const closed = await startDeploy(shift, { window: { notAfter: '2026-01-01T00:00:00Z' } }, 'closed');
      await approve(shift, closed);
      expect(await shift.client.end(closed)).toMatchObject({
        outcome: 'failed',
        kind: 'Rejected',
        reason: expect.stringContaining('the window closed') as string,
      });
      expect(await shasOf(shift)).toEqual([]);

      const notBefore = new Date(Date.now() + 15_000).toISOString();
      const opening = await startDeploy(shift, { window: { notBefore } }, 'opening');
      await approve(shift, opening);
      expect(await resultOf<DeployResult>(shift, opening)).toMatchObject({ outcome: 'kept', version: 1 });
      const [published] = await shift.emulator.placeHistory(shift.productionPlaceId);
      expect(Date.parse(published?.createdTime ?? '')).toBeGreaterThanOrEqual(Date.parse(notBefore));

      const bad = await stageContent(shift, 'floorboards', {
        'src/shared/Floorboards.luau': '--!strict\n-- crash-marker\nreturn {}\n',
      });
      await shift.emulator.clearRequests();
      const id = await startDeploy(shift, { ramp: { key: 'NightOpen', on: true, off: false } }, 'ramped');
      await approve(shift, id);
      await eventually(
        () => stateOf(shift, id, 'ramp'),
        (state) => state === 'done',
      );
      expect(await configOf(shift)).toMatchObject({ NightOpen: true });
      await shift.emulator.setBehaviour(shift.productionPlaceId, {
        containing: 'crash-marker',
        crashAfterMs: 300,
      });
      expect(await resultOf<DeployResult>(shift, id)).toMatchObject({
        outcome: 'taken-back',
        reason: expect.stringContaining('crash') as string,
      });
      expect(await shasOf(shift)).toEqual([good.sha256, bad.sha256, good.sha256]);
      expect(await configOf(shift)).not.toHaveProperty('NightOpen');
      const writes = (await shift.emulator.requests())
        .filter(({ method }) => method === 'POST')
        .flatMap(({ path }) =>
          /\/(publish)$/.exec(path)
            ? ['config']
            : path.includes(`${shift.productionPlaceId}/versions?`)
              ? ['place']
              : [],
        );
      // Dark before anybody can get it, on, off before it is taken back.
      expect(writes).toEqual(['config', 'place', 'config', 'config', 'place']);
    },
  );
});

/** The published config of the production universe. */
async function configOf(shift: NightShift): Promise<Record<string, unknown>> {
  const settings = loadWorkerSettings(shift.env);
  const { target } = await findPlace(settings, {});
  const ledger = await createLedger({ url: settings.ledger });
  const openCloud = createOpenCloudClients(settings.openCloud, shift.env, ledger.quotas);
  try {
    return (await (await openCloud.clientFor(target)).getConfig(target.universeId, {})).entries;
  } finally {
    await openCloud.close();
    await ledger.close();
  }
}
