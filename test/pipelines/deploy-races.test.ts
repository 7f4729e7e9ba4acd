import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DeployResult } from '../../src/workflows/deploy.js';
import { longTests } from '../support/long-tests.js';
import {
  approve,
  awaitApproval,
  deployThrough,
  resultOf,
  rollBack,
  startDeploy,
  startDeployShift,
} from '../support/deploy-shift.js';
import { eventually } from '../support/eventually.js';
import type { NightShift } from '../support/night-shift.js';
import { stageContent, type StagedContent } from '../support/staged-content.js';

const person = '77';

/** A place file that nobody of ours built. */
const byHand = (text: string): Uint8Array => Buffer.from(`<roblox version="4">${text}</roblox>`);

const publishPath = (shift: NightShift): string => `/places/${shift.productionPlaceId}/versions`;

/** Until the emulator has the request, whatever becomes of it. */
async function untilAsked(shift: NightShift, path: string | RegExp, times = 1): Promise<void> {
  await eventually(
    () => shift.emulator.requests(),
    (requests) =>
      requests.filter((each) => each.method === 'POST' && each.path.search(path) !== -1).length >= times,
  );
}

async function untilAttention(shift: NightShift, id: string) {
  const { attention } = await eventually(
    () => shift.client.progress(id),
    (progress) => progress.attention.length > 0,
  );
  return attention[0];
}

async function stepOf(shift: NightShift, id: string, step: string) {
  return (await shift.client.progress(id)).steps.find((each) => each.id === step);
}

const shasOf = async (shift: NightShift): Promise<string[]> =>
  (await shift.emulator.placeHistory(shift.productionPlaceId)).map(({ sha256 }) => sha256);

describe('a deploy that is not alone', () => {
  let shift: NightShift;
  let first: StagedContent;
  beforeAll(async () => {
    shift = await startDeployShift();
    first = await stageContent(shift, 'lanterns');
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  it('is the only one to its place: the second is told who is there, and changes nothing', async () => {
    const one = await startDeploy(shift, {}, 'one');
    await awaitApproval(shift, one);
    const end = await shift.client.end(await startDeploy(shift, {}, 'two'));
    expect(end).toMatchObject({
      outcome: 'failed',
      kind: 'AlreadyRunning',
      reason: expect.stringContaining(one) as string,
    });
    await shift.client.decide(one, 'approve', { by: 'ben' });
    expect(await resultOf<DeployResult>(shift, one)).toMatchObject({ outcome: 'kept', version: 1 });
    expect(await shasOf(shift)).toEqual([first.sha256]);
  });

  it.runIf(longTests)('notes what a person published before it, and goes on', async () => {
    const next = await stageContent(shift, 'floorboards');
    await shift.emulator.publishAs(shift.productionPlaceId, byHand('before'), { createdBy: person });
    const id = await startDeploy(shift, {}, 'after-a-person');
    await awaitApproval(shift, id);
    expect(JSON.stringify(await shift.client.approvals(id))).toContain('somebody published from Studio');
    await shift.client.decide(id, 'approve', { by: 'ben' });
    expect(await resultOf<DeployResult>(shift, id)).toMatchObject({ outcome: 'kept', version: 3 });
    expect((await stepOf(shift, id, 'production'))?.note).toContain('nobody recorded 2 before it');
    expect((await shasOf(shift)).at(-1)).toBe(next.sha256);
  });

  it('does not overwrite what a person published on top of it: it asks', async () => {
    const next = await stageContent(shift, 'curtains');
    const restarts = { method: 'POST', path: '/restarts$' };
    await shift.emulator.injectFault({ match: restarts, kind: 'delay', delayMs: 3000 });
    const id = await startDeploy(shift, {}, 'under-a-person');
    await approve(shift, id);
    await eventually(
      () => shasOf(shift),
      (shas) => shas.at(-1) === next.sha256,
    );
    const theirs = await shift.emulator.publishAs(shift.productionPlaceId, byHand('after'), {
      createdBy: person,
    });
    const attention = await untilAttention(shift, id);
    expect(attention).toMatchObject({
      step: 'keep',
      problem: expect.stringContaining(`version ${theirs} is, by user ${person}`) as string,
    });
    await shift.client.resolve(id, 'keep', 'skip', { by: 'ben', reason: 'their fix is wanted' });
    expect(await resultOf<DeployResult>(shift, id)).toMatchObject({
      outcome: 'kept',
      proof: { verdict: 'fail', unrecorded: [theirs] },
    });
    expect((await shift.emulator.placeHistory(shift.productionPlaceId)).at(-1)).toMatchObject({
      version: theirs,
      createdBy: person,
    });
  });

  it.runIf(longTests)('tells of a publish of its own that lands after it was given up', async () => {
    const next = await stageContent(shift, 'doors');
    // Longer than the settle window: absent when it is looked for, and there when the second one has been made.
    await shift.emulator.injectFault({
      match: { method: 'POST', path: publishPath(shift) },
      kind: 'late',
      delayMs: 14_000,
    });
    await shift.emulator.injectFault({
      match: { method: 'POST', path: '/restarts$' },
      kind: 'delay',
      delayMs: 8000,
    });
    const before = (await shasOf(shift)).length;
    const id = await startDeploy(shift, {}, 'late');
    await approve(shift, id);
    const attention = await untilAttention(shift, id);
    expect(attention).toMatchObject({
      step: 'keep',
      problem: expect.stringContaining(`version ${before + 2} is`) as string,
    });
    expect((await shasOf(shift)).slice(before)).toEqual([next.sha256, next.sha256]);
    await shift.client.resolve(id, 'keep', 'skip', { by: 'ben', reason: 'the same bytes' });
    expect(await resultOf<DeployResult>(shift, id)).toMatchObject({
      outcome: 'kept',
      proof: { unrecorded: [before + 2] },
    });
  });

  it.runIf(longTests)(
    'leaves main to people when somebody rewrote it, and does everything else',
    async () => {
      await stageContent(shift, 'attic');
      const id = await startDeploy(shift, {}, 'rebased');
      await awaitApproval(shift, id);
      await shift.git('commit', '--amend', '--allow-empty', '-m', 'rewritten');
      const rewritten = await shift.git('rev-parse', 'main');
      await shift.client.decide(id, 'approve', { by: 'ben' });
      const attention = await untilAttention(shift, id);
      expect(attention).toMatchObject({ step: 'main', kind: 'SyncFailure' });
      await eventually(
        () => stepOf(shift, id, 'watch'),
        (step) => step?.state === 'done',
      );
      await shift.client.resolve(id, 'main', 'skip', { by: 'ben', reason: 'merged by hand' });
      expect(await resultOf<DeployResult>(shift, id)).toMatchObject({ outcome: 'kept' });
      expect((await stepOf(shift, id, 'main'))?.note).toContain('Git does not hold what is live');
      expect(await shift.git('rev-parse', 'main')).toBe(rewritten);
    },
  );
});

describe('a rollback while a deploy publishes', () => {
  it('stays on top, whatever the fenced deploy had sent before', async () => {
    await using shift = await startDeployShift();
    const good = await stageContent(shift, 'lanterns');
    await deployThrough(shift);
    const bad = await stageContent(shift, 'floorboards');
    const id = await startDeploy(shift, {}, 'fenced');
    await awaitApproval(shift, id);
    await shift.emulator.clearRequests();
    await shift.emulator.injectFault({
      match: { method: 'POST', path: publishPath(shift) },
      kind: 'delay',
      delayMs: 6000,
    });
    await shift.client.decide(id, 'approve', { by: 'ben' });
    await untilAsked(shift, publishPath(shift));

    const back = await rollBack(shift);
    expect(back).toMatchObject({ outcome: 'rolled-back', version: 4, proof: { verdict: 'pass' } });
    expect(await shasOf(shift)).toEqual([good.sha256, good.sha256, bad.sha256, good.sha256]);
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'cancelled' });
    expect((await stepOf(shift, shift.id('rollback'), 'publish'))?.note).toContain('version 4');
    const { state, steps } = await shift.client.progress(id);
    expect(state).toBe('cancelled');
    expect(steps.find((step) => step.id === 'keep')?.state).toBe('waiting');
    expect(await shift.git('rev-parse', 'main')).not.toBe(bad.commit);
  });

  it.runIf(longTests)('cancels a deploy that has not sent anything, and that one never does', async () => {
    await using shift = await startDeployShift();
    await stageContent(shift, 'lanterns');
    await deployThrough(shift);
    const bad = await stageContent(shift, 'floorboards');
    const id = await startDeploy(shift, {}, 'cancelled');
    await awaitApproval(shift, id);
    await rollBack(shift, { to: '1.0.0' });
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'cancelled' });
    expect(await shasOf(shift)).not.toContain(bad.sha256);
  });
});
