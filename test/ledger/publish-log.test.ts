import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import { intentOf, makeFolder } from './fixtures.js';

describe('what the ledger remembers of publishing', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let ledger: Ledger;
  let count = 0;
  let now = Date.parse('2026-10-31T23:00:00Z');

  beforeAll(async () => ({ folder, remove } = await makeFolder()));
  afterAll(() => remove());
  beforeEach(async () => {
    ledger = await createLedger({
      url: `file:${folder}/ledger-${++count}.db`,
      clock: () => new Date(now),
    });
  });
  afterEach(() => ledger.close());

  const intent = intentOf('r1', { lease: 4 });
  const { sha256 } = intent.place;

  it('records an intent once, with the first last version', async () => {
    expect(await ledger.intents.find('r1', sha256)).toBeUndefined();
    await ledger.intents.record(intent, 6);
    await ledger.intents.mark('r1', sha256, 'sent');
    await ledger.intents.record(intent, 9);
    expect(await ledger.intents.find('r1', sha256)).toEqual({ lastVersion: 6, state: 'sent' });
  });

  it('follows an intent through an unknown outcome and a second attempt', async () => {
    await ledger.intents.record(intent, 6);
    for (const state of ['sent', 'unknown', 'failed', 'sent'] as const) {
      await ledger.intents.mark('r1', sha256, state);
      expect(await ledger.intents.find('r1', sha256)).toEqual({ lastVersion: 6, state });
    }
    await ledger.intents.mark('r1', sha256, 'landed', 7);
    await ledger.intents.mark('r1', sha256, 'landed', 7);
    expect(await ledger.intents.find('r1', sha256)).toEqual({ lastVersion: 6, state: 'landed', version: 7 });
  });

  it('stops an attempt that comes after the intent has landed', async () => {
    await ledger.intents.record(intent, 6);
    await ledger.intents.mark('r1', sha256, 'landed', 7);
    await expect(ledger.intents.mark('r1', sha256, 'sent')).rejects.toMatchObject({
      kind: 'DeploymentFailure',
      message: expect.stringContaining('landed as version 7') as string,
    });
    await expect(ledger.intents.mark('r1', sha256, 'landed', 8)).rejects.toMatchObject({
      kind: 'DeploymentFailure',
    });
    expect(await ledger.intents.find('r1', sha256)).toMatchObject({ state: 'landed', version: 7 });
  });

  it('refuses to mark what was never recorded, and a landing without its version', async () => {
    await expect(ledger.intents.mark('r1', sha256, 'sent')).rejects.toMatchObject({ kind: 'InvalidInput' });
    await ledger.intents.record(intent, 6);
    await expect(ledger.intents.mark('r1', sha256, 'landed')).rejects.toMatchObject({ kind: 'InvalidInput' });
  });

  it('knows which versions of a place are ours, and its highest lease', async () => {
    await ledger.intents.record(intent, 6);
    await ledger.intents.mark('r1', sha256, 'landed', 7);
    const second = intentOf('r2', { lease: 9, place: { ...intent.place, sha256: 'b'.repeat(64) } });
    await ledger.intents.record(second, 7);
    const elsewhere = intentOf('r3', { target: { ...intent.target, host: 'roblox' } });
    await ledger.intents.record(elsewhere, 40);
    await ledger.intents.mark('r3', elsewhere.place.sha256, 'landed', 41);

    expect(await ledger.intents.recordedVersions('emulator', '200')).toEqual([
      { version: 7, runId: 'r1', sha256 },
    ]);
    expect(await ledger.intents.recordedVersions('roblox', '200')).toMatchObject([{ version: 41 }]);
    expect(await ledger.intents.highestLease('emulator', '200')).toBe(9);
    expect(await ledger.intents.highestLease('roblox', '200')).toBe(elsewhere.lease);
    expect(await ledger.intents.highestLease('emulator', '201')).toBe(0);
    const given = await ledger.nextLease('emulator', '200');
    expect(await ledger.intents.highestLease('emulator', '200')).toBe(given);
  });

  it('knows that an intent is being sent while its sender says so', async () => {
    await ledger.intents.record(intent, 6);
    expect(await ledger.intents.isBeingSent('r1', sha256)).toBe(false);
    await ledger.intents.mark('r1', sha256, 'sent');
    expect(await ledger.intents.isBeingSent('r1', sha256)).toBe(true);
    now += 14_000;
    await ledger.intents.touch('r1', sha256);
    now += 14_000;
    expect(await ledger.intents.isBeingSent('r1', sha256)).toBe(true);
    now += 2000;
    expect(await ledger.intents.isBeingSent('r1', sha256)).toBe(false);
    await ledger.intents.touch('r1', sha256);
    await ledger.intents.mark('r1', sha256, 'unknown');
    expect(await ledger.intents.isBeingSent('r1', sha256)).toBe(false);
  });

  it('goes on under a newer lease, and lets only one attempt send', async () => {
    await ledger.intents.record(intent, 6);
    await ledger.intents.record({ ...intent, lease: intent.lease + 3 }, 8);
    expect(await ledger.intents.highestLease('emulator', '200')).toBe(intent.lease + 3);
    expect(await ledger.intents.find('r1', sha256)).toMatchObject({ lastVersion: 6 });
    await ledger.intents.mark('r1', sha256, 'sent');
    await expect(ledger.intents.mark('r1', sha256, 'sent')).rejects.toMatchObject({ kind: 'OutcomeUnknown' });
  });

  it('gives lease numbers that rise, above what was recorded, and never one twice', async () => {
    await ledger.intents.record(intent, 6);
    const given = await Promise.all(Array.from({ length: 5 }, () => ledger.nextLease('emulator', '200')));
    expect([...given].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9]);
    expect(await ledger.nextLease('roblox', '200')).toBe(1);
  });

  it('remembers an upload from before it is sent to its asset id', async () => {
    const creator = { type: 'group', id: '55' } as const;
    const mesh = 'e'.repeat(64);
    const find = () => ledger.uploads.find('emulator', creator, mesh);

    expect(await find()).toBeUndefined();
    await ledger.uploads.begin('emulator', creator, mesh, 'r1');
    expect(await find()).toEqual({});
    await ledger.uploads.operation('emulator', creator, mesh, 'operations/1');
    expect(await find()).toEqual({ operation: 'operations/1' });
    await ledger.uploads.begin('emulator', creator, mesh, 'r2');
    expect(await find()).toEqual({});
    await ledger.uploads.operation('emulator', creator, mesh, 'operations/2');
    await ledger.uploads.done('emulator', creator, mesh, '9007199254740993');
    expect(await find()).toEqual({ operation: 'operations/2', assetId: '9007199254740993' });

    expect(await ledger.uploads.find('roblox', creator, mesh)).toBeUndefined();
    expect(await ledger.uploads.find('emulator', { type: 'user', id: '55' }, mesh)).toBeUndefined();
  });
});
