import fc from 'fast-check';
import LibsqlDatabase from 'libsql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createLedger, type Ledger } from '../../src/adapters/ledger/index.js';
import type { PublishIntent } from '../../src/domain/activities.js';
import { findLastStable, findRollbackOf } from '../../src/domain/release-history.js';
import { releaseStatuses, type ReleaseStatus } from '../../src/domain/release.js';
import { compareVersions, nextVersion, releaseTag, versionOfTag } from '../../src/domain/release-version.js';
import { intentOf, makeFolder, tickingClock } from './fixtures.js';

const place = (letter: string) => ({
  sha256: letter.repeat(64),
  bytes: 9,
  mediaType: 'application/vnd.roblox.place',
});

describe('what the ledger remembers of releases', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let ledger: Ledger;
  let url: string;
  let count = 0;

  beforeAll(async () => ({ folder, remove } = await makeFolder()));
  afterAll(() => remove());
  beforeEach(async () => {
    url = `file:${folder}/ledger-${++count}.db`;
    ledger = await createLedger({ url, clock: tickingClock() });
  });
  afterEach(() => ledger.close());

  const at = ['emulator', '200'] as const;
  const release = (
    runId: string,
    version: number,
    letter: string,
    more: { lease?: number; manifest?: string; night?: number } = {},
  ) => ({
    intent: intentOf(runId, { place: place(letter), lease: more.lease ?? version }),
    version,
    tag: `night-${version}`,
    gates: [],
    approvals: [{ by: 'ada', at: '2026-10-31T22:00:00Z', key: 'SHA256:abc' }],
    ...(more.manifest !== undefined && { manifest: more.manifest }),
    ...(more.night !== undefined && { night: more.night }),
  });
  const mark = (runId: string, version: number, status: ReleaseStatus, reason?: string) =>
    ledger.releases.mark({
      host: 'emulator',
      placeId: '200',
      runId,
      version,
      status,
      ...(reason !== undefined && { reason }),
    });
  const statuses = async () =>
    (await ledger.releases.history(...at)).map((found) => `${found.version} ${found.status}`);

  it('keeps one version live, and those that were kept stable', async () => {
    await ledger.releases.record(release('r1', 1, 'a'));
    await mark('r1', 1, 'stable');
    await ledger.releases.record(release('r2', 2, 'b'));
    await ledger.releases.record(release('r3', 3, 'c'));
    expect(await statuses()).toEqual(['3 live', '2 superseded', '1 stable']);
    expect(await ledger.releases.live(...at)).toMatchObject({ runId: 'r3', version: 3 });
    expect(await ledger.releases.live('roblox', '200')).toBeUndefined();
  });

  it('records the same version once: only tag and manifest follow Git', async () => {
    await ledger.releases.record(release('r1', 1, 'a'));
    await mark('r1', 1, 'stable', 'kept after 15 minutes');
    await ledger.releases.record({
      ...release('r1', 1, 'a', { manifest: 'f'.repeat(64) }),
      tag: 'night-1.2',
    });
    expect(await ledger.releases.history(...at)).toMatchObject([
      {
        status: 'stable',
        statusReason: 'kept after 15 minutes',
        tag: 'night-1.2',
        manifest: 'f'.repeat(64),
        approvals: [{ by: 'ada', key: 'SHA256:abc' }],
      },
    ]);
  });

  it('takes a record that comes after a newer lease for superseded', async () => {
    await ledger.releases.record(release('rescue', 6, 'a', { lease: 9 }));
    await ledger.releases.record(release('late', 5, 'b', { lease: 8 }));
    expect(await statuses()).toEqual(['6 live', '5 superseded']);
    // An emulator that starts afresh counts from 1: the lease goes on.
    await ledger.releases.record(release('fresh', 1, 'c', { lease: 10 }));
    expect(await statuses()).toEqual(['1 live', '6 superseded', '5 superseded']);
  });

  it('does not let a late verdict undo a rollback', async () => {
    await ledger.releases.record(release('r1', 1, 'a'));
    await mark('r1', 1, 'rolled-back', 'servers crash');
    await mark('r1', 1, 'rolled-back', 'asked again');
    await expect(mark('r1', 1, 'stable')).rejects.toMatchObject({
      kind: 'DeploymentFailure',
      message: expect.stringContaining('rolled-back and cannot become stable') as string,
    });
    expect(await ledger.releases.history(...at)).toMatchObject([{ statusReason: 'servers crash' }]);
    expect(await ledger.releases.live(...at)).toBeUndefined();
    await expect(mark('r1', 2, 'stable')).rejects.toMatchObject({ kind: 'InvalidInput' });
  });

  it('goes back to what was kept, past bytes that were taken back', async () => {
    await ledger.releases.record(release('r1', 1, 'a', { manifest: 'd'.repeat(64) }));
    await mark('r1', 1, 'stable');
    await ledger.releases.record(release('r2', 2, 'b'));
    await mark('r2', 2, 'stable');
    await ledger.releases.record(release('r3', 3, 'c'));
    expect(await ledger.releases.lastStable(...at)).toMatchObject({ version: 2 });
    expect(await ledger.releases.lastStable(...at, { place: place('b') })).toMatchObject({ version: 1 });

    await mark('r3', 3, 'rolled-back');
    await mark('r2', 2, 'rolled-back');
    await ledger.releases.record(release('rescue', 4, 'a'));
    // The same bytes at the same place are the same release.
    expect(await ledger.releases.live(...at)).toMatchObject({ version: 4, manifest: 'd'.repeat(64) });
    expect(await ledger.releases.lastStable(...at)).toMatchObject({ version: 1 });
    await mark('rescue', 4, 'rolled-back');
    expect(await ledger.releases.lastStable(...at)).toBeUndefined();
  });

  it('finds a release by every name that it has', async () => {
    const manifest = await ledger.manifests.record(
      {
        release: 'e'.repeat(64),
        project: 'village',
        placeName: 'start',
        runId: 'deploy-1',
        night: 3,
        commit: 'c'.repeat(40),
        placeSha256: 'a'.repeat(64),
        alsoTaken: [],
      },
      () => Promise.resolve({ digest: 'f'.repeat(64), bytes: 5 }),
    );
    await ledger.releases.record(release('r0', 1, 'b'));
    await ledger.releases.record({
      ...release('deploy-1', 2, 'a', { manifest: manifest.digest }),
      tag: 'v1.0.0',
    });
    for (const name of ['1.0.0', 'v1.0.0', 'deploy-1', 'f'.repeat(64), 'fffffff', 'eeeeeeee', 'ccccccc']) {
      expect(await ledger.releases.find('village', name)).toMatchObject({
        version: 2,
        releaseVersion: '1.0.0',
      });
    }
    expect(await ledger.releases.find('village', 'night-1')).toMatchObject({ version: 1 });
    for (const name of ['1.0', '%', 'fff', 'night-9']) {
      expect(await ledger.releases.find('village', name)).toBeUndefined();
    }
    expect(
      await ledger.releases.find('village', '1.0.0', { host: 'roblox', placeId: '200' }),
    ).toBeUndefined();
    expect(await ledger.releases.find('other', '1.0.0')).toBeUndefined();
  });

  it('lists every project and environment, or one', async () => {
    await ledger.releases.record(release('r1', 1, 'a'));
    await ledger.releases.record({
      ...release('r2', 1, 'a'),
      intent: intentOf('r2', { project: 'manor', place: place('a') }),
    });
    expect(await ledger.releases.list({})).toHaveLength(2);
    expect(await ledger.releases.list({ project: 'manor' })).toMatchObject([{ runId: 'r2' }]);
    expect(await ledger.releases.list({ environment: 'production' })).toEqual([]);
  });

  it('remembers a freeze until it is lifted', async () => {
    expect(await ledger.places.frozen(...at)).toBeUndefined();
    const freeze = { by: 'ada', reason: 'tournament', since: '2026-10-31T22:00:00.000Z' };
    await ledger.places.freeze(...at, freeze);
    expect(await ledger.places.frozen(...at)).toEqual(freeze);
    expect(await ledger.places.frozen('roblox', '200')).toBeUndefined();
    await ledger.places.freeze(...at, undefined);
    expect(await ledger.places.frozen(...at)).toBeUndefined();
  });

  it('brings a ledger of the version before up to date', async () => {
    await ledger.releases.record(release('r1', 1, 'a'));
    await ledger.releases.record(release('r2', 2, 'b'));
    await ledger.close();
    // As version 0.1 left it: without what later migrations made.
    const old = new LibsqlDatabase(url.slice('file:'.length));
    old.exec(`drop index releases_by_place`);
    for (const column of ['status', 'manifest', 'rojo_version', 'status_reason', 'status_at']) {
      old.exec(`alter table releases drop column ${column}`);
    }
    old.exec(`drop table manifests; drop table places;
      delete from kysely_migration where name >= '0002'`);
    for (const { name } of old
      .prepare(
        `select name from sqlite_master where type = 'table' and name not in (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .all([
        'runs',
        'claims',
        'steps',
        'leases',
        'intents',
        'uploads',
        'releases',
        'kysely_migration',
        'kysely_migration_lock',
      ]) as { name: string }[]) {
      old.exec(`drop table "${name}"`);
    }
    old.close();
    ledger = await createLedger({ url });
    expect(await statuses()).toEqual(['2 live', '1 superseded']);
    await mark('r2', 2, 'stable');
    expect(await ledger.releases.lastStable(...at)).toMatchObject({ version: 2 });
  });

  describe('manifests', () => {
    const manifest = (
      runId: string,
      more: { night?: number; version?: string; placeName?: string } = {},
    ) => ({
      release: runId.padEnd(64, '0'),
      project: 'village',
      placeName: 'start',
      runId,
      commit: 'c'.repeat(40),
      placeSha256: 'a'.repeat(64),
      alsoTaken: [] as string[],
      ...more,
    });
    const sealAs = (name: string) => () => Promise.resolve({ digest: name.padEnd(64, '1'), bytes: 7 });
    const seal = (runId: string, more: Parameters<typeof manifest>[1] = {}) =>
      ledger.manifests.record(manifest(runId, more), sealAs(`${runId}${more.placeName ?? ''}`));

    it('counts minor for a new night, patch for all else, each place for itself', async () => {
      const versions = [
        await seal('d1', { night: 1 }),
        await seal('d2', { night: 2 }),
        await seal('d3'),
        await seal('d4', { night: 2 }),
        await seal('d5', { placeName: 'lobby' }),
        await seal('d6', { version: '2.0.0' }),
        await seal('d7', { night: 3 }),
      ];
      expect(versions.map(({ tag }) => tag)).toEqual([
        'v1.0.0',
        'v1.1.0',
        'v1.1.1',
        'v1.1.2',
        'lobby-v1.0.0',
        'v2.0.0',
        'v2.1.0',
      ]);
      expect((await ledger.manifests.list('village')).map(({ runId }) => runId)).toEqual([
        'd7',
        'd6',
        'd5',
        'd4',
        'd3',
        'd2',
        'd1',
      ]);
      expect(await ledger.manifests.find('village', 'v1.1.1')).toMatchObject({ runId: 'd3' });
    });

    it('answers a run what it recorded, and gives no version twice', async () => {
      const first = await seal('d1', { night: 1 });
      expect(await ledger.manifests.record(manifest('d1'), sealAs('other'))).toEqual(first);
      expect(await ledger.manifests.ofRun('d1', 'village', 'start')).toEqual(first);
      await expect(seal('d2', { version: '1.0.0' })).rejects.toMatchObject({
        kind: 'InvalidInput',
        message: expect.stringContaining('run d1 sealed already') as string,
      });
      await expect(
        ledger.manifests.record({ ...manifest('d2'), version: '3.0.0', alsoTaken: ['3.0.0'] }, sealAs('d2')),
      ).rejects.toMatchObject({ message: expect.stringContaining('a tag in Git') as string });
      const many = await Promise.all(['p1', 'p2', 'p3', 'p4'].map((run) => seal(run)));
      expect(new Set(many.map(({ version }) => version)).size).toBe(4);
    });

    it('goes on after the numbers that the game had before', async () => {
      const { version } = await ledger.manifests.record(
        { ...manifest('d1'), night: 1, alsoTaken: ['0.9.0', '2.3.10', '2.3.9'] },
        sealAs('d1'),
      );
      expect(version).toBe('2.4.0');
    });

    it('records nothing when the bytes could not be stored', async () => {
      const full = () => Promise.reject(new Error('disk full'));
      await expect(ledger.manifests.record(manifest('d1'), full)).rejects.toThrow('disk full');
      expect(await ledger.manifests.list('village')).toEqual([]);
      expect(await seal('d1')).toMatchObject({ version: '1.0.0' });
    });
  });

  it('keeps one live version at most, and goes back only to what was kept, in whatever order things come', async () => {
    const step = fc.record({
      publish: fc.boolean(),
      letter: fc.constantFrom('a', 'b', 'c'),
      target: fc.nat(9),
      status: fc.constantFrom(...releaseStatuses),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.nat(1e9), async (steps, salt) => {
        const placeId = `${++count}${salt}`;
        let version = 0;
        for (const { publish, letter, target, status } of steps) {
          if (publish) {
            version++;
            const intent: PublishIntent = intentOf(`r${version}`, { place: place(letter), lease: version });
            await ledger.releases.record({
              ...release(`r${version}`, version, letter),
              intent: { ...intent, target: { ...intent.target, placeId } },
            });
          } else if (target < version) {
            const runId = `r${target + 1}`;
            await ledger.releases
              .mark({ host: 'emulator', placeId, runId, version: target + 1, status })
              .catch((error: unknown) => {
                expect(error).toMatchObject({ kind: 'DeploymentFailure' });
              });
          }
        }
        const history = await ledger.releases.history('emulator', placeId);
        expect(history.filter(({ status }) => status === 'live').length).toBeLessThanOrEqual(1);
        const [bad] = history;
        const good = await ledger.releases.lastStable('emulator', placeId, bad);
        const candidates = history.filter(
          (candidate) =>
            candidate.status === 'stable' &&
            candidate.place.sha256 !== bad?.place.sha256 &&
            !history
              .slice(0, history.indexOf(candidate))
              .some(
                (newer) => newer.status === 'rolled-back' && newer.place.sha256 === candidate.place.sha256,
              ),
        );
        expect(good?.version).toBe(candidates[0]?.version);
        expect(findLastStable(history, bad)).toEqual(good);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the rules of a release', () => {
  const history = (...entries: [string, ReleaseStatus][]) =>
    entries.map(([letter, status]) => ({ place: place(letter), status }));

  it('remembers that bytes were taken back until they are published again', () => {
    expect(findRollbackOf(history(['b', 'rolled-back'], ['a', 'stable']), 'b'.repeat(64))).toBeDefined();
    expect(findRollbackOf(history(['b', 'live'], ['b', 'rolled-back']), 'b'.repeat(64))).toBeUndefined();
    expect(findRollbackOf(history(['a', 'stable']), 'b'.repeat(64))).toBeUndefined();
  });

  it('raises every version above all that are taken', () => {
    const version = fc
      .tuple(fc.nat(40), fc.nat(40), fc.nat(40))
      .map(([major, minor, patch]) => `${major}.${minor}.${patch}`);
    fc.assert(
      fc.property(fc.array(version), fc.boolean(), (taken, addsNight) => {
        const next = nextVersion(taken, addsNight);
        expect(taken.every((other) => compareVersions(next, other) > 0)).toBe(true);
        expect(versionOfTag('start', releaseTag('start', next))).toBe(next);
        expect(versionOfTag('lobby', releaseTag('start', next))).toBeUndefined();
      }),
    );
    expect(versionOfTag('start', 'v1.2')).toBeUndefined();
    expect(versionOfTag('lobby', 'lobby-v1.2.3')).toBe('1.2.3');
  });
});
