import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { placeWorkflowId } from '../../src/domain/place.js';
import type { DeployResult } from '../../src/workflows/deploy.js';
import type { RollbackResult } from '../../src/workflows/emergency-rollback.js';
import { runCli } from '../cli/run-cli.js';
import { longTests } from '../support/long-tests.js';
import {
  awaitApproval,
  deployThrough,
  resultOf,
  rollBack,
  startDeploy,
  startDeployShift,
  startRollback,
} from '../support/deploy-shift.js';
import { eventually } from '../support/eventually.js';
import type { NightShift } from '../support/night-shift.js';
import { recordHistory } from '../support/record-history.js';
import { stageContent, type StagedContent } from '../support/staged-content.js';

const shasAt = async (shift: NightShift, placeId = shift.productionPlaceId): Promise<string[]> =>
  (await shift.emulator.placeHistory(placeId)).map(({ sha256 }) => sha256);

async function noteOf(shift: NightShift, id: string, step: string): Promise<string | undefined> {
  return (await shift.client.progress(id)).steps.find((each) => each.id === step)?.note;
}

/** The command, for a person at this machine. */
async function call(shift: NightShift, ...args: string[]): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(shift.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { code, stdout, stderr } = await runCli(args, { env });
  if (code !== 0) throw new Error(`graveshift ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}

/** The file of the store that holds the bytes. */
async function storedFile(shift: NightShift, sha256: string): Promise<string> {
  const { store } = shift.home;
  const names = await readdir(store, { recursive: true });
  const found = names.find((name) => name.replaceAll(path.sep, '').includes(sha256));
  if (found === undefined) throw new Error(`The store has no ${sha256}`);
  return path.join(store, found);
}

describe('an emergency rollback', () => {
  let shift: NightShift;
  let good: StagedContent;
  let goodTag: string;
  const publishedAs = async (name: string, text: string): Promise<StagedContent> => {
    const staged = await stageContent(shift, name, {
      [`src/shared/${name}.luau`]: `--!strict\nreturn "${text}"\n`,
    });
    const result = await deployThrough(shift, {}, `deploy-${name}`);
    if (result.outcome !== 'kept') throw new Error(JSON.stringify(result));
    if (name === 'lanterns') goodTag = result.release.tag;
    return staged;
  };

  beforeAll(async () => {
    shift = await startDeployShift({
      deploy: { rollback: { standing: ['eva'] } },
    });
    good = await publishedAs('lanterns', 'light');
  });
  afterAll(async () => shift[Symbol.asyncDispose]());

  it('says so when there is nothing to go back to, and changes nothing', async () => {
    const end = await shift.client.end(await startRollback(shift, {}, 'nothing'));
    expect(end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
    expect(JSON.stringify(end)).toContain('there is nothing to go back to');
    expect(await shasAt(shift)).toEqual([good.sha256]);
  });

  it('brings bytes, players, ledger and both branches back, tells people, and writes it down', async () => {
    const bad = await publishedAs('floorboards', 'creak');
    // A freeze holds deploys back, never a rollback.
    await call(shift, 'place', 'freeze', '--by', 'eva', '--reason', 'tournament');
    const back = await rollBack(shift);
    expect(back).toMatchObject({
      outcome: 'rolled-back',
      version: 3,
      tag: goodTag,
      proof: { verdict: 'pass' },
    });
    expect(await shasAt(shift)).toEqual([good.sha256, bad.sha256, good.sha256]);
    await shift.git('merge-base', '--is-ancestor', bad.commit, 'main');
    for (const branch of ['main', 'graveshift/next']) {
      expect(await shift.git('ls-tree', '--name-only', branch, 'src/shared/')).not.toContain('floorboards');
    }
    if (back.outcome !== 'rolled-back') return;
    const postMortem = await shift.git('show', `main:${back.postMortem ?? ''}`);
    expect(postMortem).toContain('players fall through the floor');
    expect(postMortem).toContain('floorboards');
    expect(await noteOf(shift, shift.id('rollback'), 'notify')).toContain('told console');
    expect(await shift.client.placeStatus('emulator', shift.productionPlaceId)).toMatchObject({
      live: { version: 3, tag: goodTag },
      stable: { version: 3 },
      frozen: { reason: 'tournament' },
    });
    await recordHistory(shift, shift.id('rollback'), 'rollback-by-hand');
  });

  it('leaves the place frozen, until a person lifts it', async () => {
    await stageContent(shift, 'curtains');
    const frozen = await shift.client.end(await startDeploy(shift, {}, 'while-frozen'));
    expect(frozen).toMatchObject({ outcome: 'failed', kind: 'PlaceFrozen' });
    await call(shift, 'place', 'unfreeze', '--by', 'eva');
    await eventually(
      async () => shift.client.end(await startDeploy(shift, { dryRun: true }, `thaw-${Date.now()}`)),
      ({ outcome }) => outcome === 'succeeded',
    );
    const result = await deployThrough(shift, {}, 'deploy-curtains');
    expect(result).toMatchObject({ outcome: 'kept', version: 4 });
  });

  it('waits for a second yes unless the place is typed again, and stands in nobody’s way meanwhile', async () => {
    const wrong = await rollBack(shift, { confirm: 'lobby' }, 'wrong-place');
    expect(wrong).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('"lobby"') as string,
    });

    const waiting = await startRollback(shift, { confirm: undefined }, 'waiting');
    await awaitApproval(shift, waiting);
    const second = await startRollback(shift, { confirm: undefined }, 'second');
    await awaitApproval(shift, second);
    for (const run of [waiting, second]) {
      await shift.client.decide(run, 'reject', { by: 'ben', reason: 'it was the network' });
      expect(await shift.client.end(run)).toMatchObject({ outcome: 'rejected' });
    }
    expect(await shasAt(shift)).toHaveLength(4);
  });

  it('downloads the version when the store’s bytes are damaged, for who may roll back alone', async () => {
    await writeFile(await storedFile(shift, good.sha256), 'rust');
    const back = await rollBack(shift, { confirm: undefined, requestedBy: 'eva' }, 'damaged');
    expect(back).toMatchObject({ outcome: 'rolled-back', version: 5, proof: { verdict: 'pass' } });
    expect((await shasAt(shift)).at(-1)).toBe(good.sha256);
    expect(await noteOf(shift, shift.id('damaged'), 'plan')).toContain('downloaded');
    expect(await noteOf(shift, shift.id('damaged'), 'confirm')).toContain('a standing permission');
  });

  it('fails clearly and changes nothing when the bytes are gone everywhere', async () => {
    await publishedAs('doors', 'slam');
    const before = await shasAt(shift);
    await rm(await storedFile(shift, good.sha256));
    await shift.emulator.injectFault({
      match: { path: '/asset-delivery-api/' },
      kind: 'key-revoked',
      times: 100,
    });
    const end = await shift.client.end(await startRollback(shift, {}, 'gone'));
    await shift.emulator.clearFaults();
    expect(end).toMatchObject({
      outcome: 'failed',
      kind: 'ArtifactMissing',
      reason: expect.stringContaining(good.sha256) as string,
    });
    expect(await shasAt(shift)).toEqual(before);
  });

  it('is known again after the place’s entity was terminated', async () => {
    const before = await shift.client.placeStatus('emulator', shift.productionPlaceId);
    await recordHistory(shift, placeWorkflowId('emulator', shift.productionPlaceId), 'place-seized');
    await call(shift, 'place', 'freeze', '--by', 'eva', '--reason', 'week-end');
    await shift.client.temporal.workflow
      .getHandle(placeWorkflowId('emulator', shift.productionPlaceId))
      .terminate('by an operator');
    const shown = await call(shift, 'place', 'rebuild', '--json');
    expect(JSON.parse(shown)).toMatchObject({
      live: before?.live,
      stable: before?.stable,
      frozen: { by: 'eva', reason: 'week-end' },
      audit: { inStep: true, unrecorded: [] },
    });
  });

  it('can be practised on staging, which holds afterwards what it held before', async () => {
    const staging = shift.project.placeId;
    const head = (await shasAt(shift, staging)).at(-1);
    const production = await shasAt(shift);
    const drilled = await rollBack(shift, { environment: 'staging', drill: true }, 'drill');
    expect(drilled).toMatchObject({ outcome: 'drilled', proof: { verdict: 'pass' } });
    const after = await shasAt(shift, staging);
    expect(after.at(-1)).toBe(head);
    expect(after.at(-2)).not.toBe(head);
    expect(await shasAt(shift)).toEqual(production);
    expect(await call(shift, 'place', 'status', '--environment', 'staging')).toMatch(
      /drill: .*succeeded, old bytes live after [\d.]+ s/,
    );
  });

  it.runIf(longTests)(
    'is done once: a second one that comes meanwhile is refused, and names the first',
    async () => {
      await call(shift, 'place', 'unfreeze', '--by', 'eva');
      await publishedAs('shutters', 'bang');
      await shift.emulator.injectFault({
        match: { method: 'POST', path: '/universes/v1/.*/versions' },
        kind: 'delay',
        delayMs: 4000,
      });
      const first = await startRollback(shift, {}, 'first');
      await eventually(
        () => shift.client.progress(first),
        ({ step }) => step === 'publish',
      );
      expect(await shift.client.end(await startRollback(shift, {}, 'second-at-once'))).toMatchObject({
        outcome: 'failed',
        kind: 'AlreadyRunning',
        reason: expect.stringContaining(first) as string,
      });
      expect(await shift.client.end(first)).toMatchObject({ outcome: 'succeeded' });
    },
  );
});

describe('a rollback that needs a second person', () => {
  it.runIf(longTests)(
    'is not confirmed by typing, nor by who asked for it',
    { timeout: 240_000 },
    async () => {
      await using shift = await startDeployShift({ deploy: { rollback: { secondPerson: true } } });
      const good = await stageContent(shift, 'lanterns');
      await deployThrough(shift);
      await stageContent(shift, 'floorboards');
      const second: DeployResult = await deployThrough(shift, {}, 'deploy-2');
      expect(second).toMatchObject({ outcome: 'kept', version: 2 });
      const id = await startRollback(shift);
      await awaitApproval(shift, id);
      await expect(shift.client.decide(id, 'approve', { by: 'ana' })).rejects.toThrow('four eyes');
      expect(await shasAt(shift)).toHaveLength(2);
      await shift.client.decide(id, 'approve', { by: 'ben' });
      expect(await resultOf<RollbackResult>(shift, id)).toMatchObject({ outcome: 'rolled-back', version: 3 });
      expect((await shasAt(shift)).at(-1)).toBe(good.sha256);
    },
  );
});
