import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { Progress } from '../../src/domain/progress.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import { eventually } from '../support/eventually.js';
import { longTests } from '../support/long-tests.js';
import { recordHistory } from '../support/record-history.js';
import { NightShift, type NightShiftOptions } from '../support/night-shift.js';

const noApproval: NightShiftOptions = { config: (config) => (config.approvals = { before: 'production' }) };
const publishing = { method: 'POST', path: '/universes/v1/.*/versions' } as const;

/** The first kind; the others where there is time. What the adapter makes of each is in test/faults. */
function every<const Kind extends string>(first: [Kind], ...others: [Kind][]): [Kind][] {
  return longTests ? [first, ...others] : [first];
}

async function begin(shift: NightShift, night = 1): Promise<string> {
  const workflowId = shift.id(`night-${night}`);
  await shift.client.start('horrorNight', { night }, { workflowId });
  return workflowId;
}

function attention(shift: NightShift, id: string, step: string): Promise<Progress> {
  return eventually(
    () => shift.client.progress(id),
    (progress) => {
      if (progress.state === 'failed') throw new Error(JSON.stringify(progress));
      return progress.attention.some((item) => item.step === step);
    },
  );
}

describe('publishing under faults', () => {
  it.each(every(['cut-after'], ['500-after'], ['malformed-json']))(
    'makes one version when the answer is lost after the effect (%s)',
    async (kind) => {
      await using shift = await NightShift.start(noApproval);
      await shift.emulator.injectFault({ match: publishing, times: 1, kind });
      const id = await begin(shift);
      expect(await shift.client.end(id)).toMatchObject({
        outcome: 'succeeded',
        result: { staging: { version: 1 } },
      });
      expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(1);
      const publishes = (await shift.emulator.requests()).filter(
        ({ method, path: url }) => method === 'POST' && /\/versions(\?|$)/.test(url),
      );
      expect(publishes).toHaveLength(1);
      if (kind === 'cut-after') await recordHistory(shift, id, 'horror-night-unknown-outcome');
    },
  );

  it.runIf(longTests).each([['cut-before'], ['500-before'], ['html-502']] as const)(
    'tries again only after the history shows that nothing came (%s)',
    async (kind) => {
      await using shift = await NightShift.start(noApproval);
      await shift.emulator.injectFault({ match: publishing, times: 1, kind });
      const id = await begin(shift);
      expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
      expect(await shift.emulator.placeHistory(shift.project.placeId)).toHaveLength(1);
    },
  );
});

describe('a step that cannot go on', () => {
  it('asks for attention when the remote rejects the push, and goes on when told to', async () => {
    await using shift = await NightShift.start(noApproval);
    const hook = path.join(shift.project.directory, '.git', 'hooks', 'pre-receive');
    await mkdir(path.dirname(hook), { recursive: true });
    await writeFile(hook, '#!/bin/sh\necho "branch is frozen until monday" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    const id = await begin(shift);
    const waiting = await attention(shift, id, 'commit');
    expect(waiting.attention[0]).toMatchObject({ kind: 'SyncFailure', actions: ['retry', 'abort'] });
    expect(waiting.attention[0]?.problem).toContain('branch is frozen until monday');
    await expect(shift.client.resolve(id, 'commit', 'skip', { by: 'ann' })).rejects.toThrow(
      'possible: retry, abort',
    );
    await expect(shift.client.resolve(id, 'build', 'retry', { by: 'ann' })).rejects.toThrow('does not wait');
    await rm(hook);
    await shift.client.resolve(id, 'commit', 'retry', { by: 'ann', reason: 'thawed' });
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
  });

  it.runIf(longTests)(
    'can be aborted: what the run left behind is removed, and the ledger says by whom',
    async () => {
      await using shift = await NightShift.start({
        config: (config) => {
          config.approvals = { before: 'production' };
          config.prepare = [{ run: ['git', 'no-such-command'] }];
        },
      });
      const id = await begin(shift);
      const waiting = await attention(shift, id, 'build');
      expect(waiting.attention[0]).toMatchObject({ kind: 'PreparationFailure' });
      expect(waiting.attention[0]?.problem).toContain('no-such-command');
      expect(await shift.git('branch', '--list', 'graveshift/night-1-*')).not.toBe('');
      await shift.client.resolve(id, 'build', 'abort', { by: 'ann', reason: 'typo' });
      const end = await shift.client.end(id);
      expect(end).toMatchObject({ outcome: 'failed', kind: 'Aborted' });
      expect((end as { reason: string }).reason).toContain('ann aborted the run at build (typo)');
      expect(await shift.git('branch', '--list', 'graveshift/*')).toBe('');
      expect(await shift.git('tag')).toBe('');
      const ledger = await createLedger({ url: shift.home.ledger });
      expect(await ledger.listRuns({ limit: 1 })).toMatchObject([{ state: 'aborted' }]);
      await ledger.close();
      await recordHistory(shift, id, 'horror-night-aborted');
    },
  );
});

describe('a target that cannot be published to', () => {
  it.each([
    ['is unknown', 'not-a-real-key-0123456789'],
    ['lacks a scope', undefined],
  ])('ends the run before anything is spent when the key %s, and never shows the key', async (_, wrong) => {
    await using shift = await NightShift.start({ ...noApproval, worker: false });
    const key =
      wrong ??
      (await shift.emulator.createKey({
        name: 'narrow',
        scopes: ['universe-places:write', 'universe.place:read'],
      }));
    await shift.startWorker({ GRAVESHIFT_EMULATOR_KEY: key });
    const id = await begin(shift);
    const end = await shift.client.end(id);
    expect(end).toMatchObject({ outcome: 'failed', kind: 'AccessDenied' });
    if (wrong === undefined) expect((end as { reason: string }).reason).toContain('asset:write');
    const history = JSON.stringify(await shift.client.temporal.workflow.getHandle(id).fetchHistory());
    expect(history).not.toContain(key);
    expect(await shift.git('branch', '--list', 'graveshift/*')).toBe('');
  });

  it('ends the run before anything is spent when the place is not in the universe', async () => {
    await using shift = await NightShift.start({
      config: (config) => {
        config.approvals = { before: 'production' };
        const { staging, production } = config.environments as Record<string, { places: object }>;
        staging!.places = production!.places;
      },
    });
    const end = await shift.client.end(await begin(shift));
    expect(end).toMatchObject({ outcome: 'failed', kind: 'InvalidInput' });
    expect((end as { reason: string }).reason).toMatch(/placeId/);
    const sent = (await shift.emulator.requests()).filter(({ method }) => method !== 'GET');
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/api-keys/v1/introspect']));
  });
});

describe('a step that fails for one asset', () => {
  it('makes the night without an asset that Roblox cannot process, when a person says so', async () => {
    await using shift = await NightShift.start(noApproval);
    await shift.emulator.setModeration({ name: 'enemy-shambler-1', outcome: 'failed' });
    const id = await begin(shift);
    const waiting = await attention(shift, id, 'enemies');
    expect(waiting.attention[0]?.actions).toContain('skip');
    await shift.client.resolve(id, 'enemies', 'skip', { by: 'ann' });
    expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
    await recordHistory(shift, id, 'horror-night-asset-skipped');
  });
});

describe('the artifact store', () => {
  it.runIf(longTests)('notices a damaged mesh by its hash, and makes it again', async () => {
    await using shift = await NightShift.start(noApproval);
    expect(await shift.client.end(await begin(shift))).toMatchObject({ outcome: 'succeeded' });
    await damageMeshes(shift.home.store);
    const second = await shift.client.end(await begin(shift, 2));
    expect(second).toMatchObject({ outcome: 'succeeded', result: { reused: 0 } });
  });
});

describe('a full disk under the store', () => {
  const disk = mkdtempSync(path.join(tmpdir(), 'graveshift-full-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]).status === 0;
  afterAll(() => {
    if (mounted) spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it.skipIf(!mounted || !longTests)(
    'asks for attention, and the night goes on when there is room',
    async () => {
      await using shift = await NightShift.start({ ...noApproval, env: { GRAVESHIFT_STORE: disk } });
      const id = await begin(shift);
      const waiting = await attention(shift, id, 'enemies');
      expect(waiting.attention[0]?.problem).toMatch(/disk is full/);
      expect(spawnSync('mount', ['-o', 'remount,size=64m', disk]).status).toBe(0);
      await resolveAll(shift, id);
      expect(await shift.client.end(id)).toMatchObject({ outcome: 'succeeded' });
    },
  );
});

/** Says "retry" to every step that waits or comes to wait, until the run goes on by itself. */
async function resolveAll(shift: NightShift, id: string): Promise<void> {
  await eventually(
    async () => {
      const progress = await shift.client.progress(id);
      for (const { step } of progress.attention) await shift.client.resolve(id, step, 'retry', { by: 'ann' });
      return progress;
    },
    ({ steps }) => steps.some(({ id: step, state }) => step === 'code' && state !== 'waiting'),
  );
}

/** Changes one byte of every GLB in the store. */
async function damageMeshes(store: string): Promise<void> {
  let damaged = 0;
  for (const entry of await readdir(store, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(file);
    if (bytes.toString('latin1', 0, 4) !== 'glTF') continue;
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0xff;
    await chmod(file, 0o644);
    await writeFile(file, bytes);
    damaged++;
  }
  expect(damaged).toBeGreaterThan(5);
}
