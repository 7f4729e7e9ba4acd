import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createOpenCloudActivities } from '../../src/activities/open-cloud.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import type { Ledger } from '../../src/adapters/ledger/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import type { PublishIntent } from '../../src/domain/activities.js';
import type { AssetLock, GeneratedAsset } from '../../src/domain/asset.js';
import type { PublishTarget } from '../../src/domain/project.js';
import { allScopes } from '../../src/emulator/index.js';
import type { Stage } from './harness.js';
import { glbBytes, openStage, placeBytes } from './harness.js';

const runId = 'run-1';
let stage: Stage;
let ledger: Ledger;
beforeEach(async () => {
  stage = await openStage();
  ledger = await createLedger({ url: join(stage.folder, 'ledger.sqlite') });
});
afterEach(async () => {
  await ledger.close();
  await stage.close();
});

const targetOf = (changes: Partial<PublishTarget> = {}): PublishTarget => ({
  environment: 'staging',
  host: 'emulator',
  universeId: stage.universeId,
  creator: { type: 'user', id: '1' },
  placeName: 'start',
  placeId: stage.placeId,
  rojoProject: 'default.project.json',
  ...changes,
});

/** A stamp as a comment, so that two places can differ and carry the same one. */
const stamped = (commit: string, rest = '') => placeBytes(`<!--${commit}/d1-->${rest}`);

function open(options: { key?: string; lock?: AssetLock } = {}) {
  const client = options.key === undefined ? stage.client : stage.clientWith(options.key);
  const artifacts = createFileArtifactStore({ directory: join(stage.folder, 'artifacts') });
  const activities = createOpenCloudActivities({
    clientFor: () => Promise.resolve(client),
    artifacts,
    intents: ledger.intents,
    uploads: ledger.uploads,
    assetLock: { read: () => Promise.resolve(options.lock) },
    readStamp: (place) => {
      const [, commit, digest] = /<!--(\w+)\/(\w+)-->/.exec(Buffer.from(place).toString()) ?? [];
      return commit === undefined || digest === undefined ? undefined : { commit, digest };
    },
    clock: stage.clock,
  });
  const intentOf = async (
    bytes: Uint8Array,
    changes: Partial<PublishIntent> = {},
  ): Promise<PublishIntent> => ({
    runId,
    project: 'demo',
    target: targetOf(),
    place: await artifacts.put(bytes, 'application/octet-stream'),
    commit: 'c1',
    digest: 'd1',
    lease: 1,
    ...changes,
  });
  return { activities, artifacts, intentOf };
}

const published = 'Published' as const;

describe('publishing', () => {
  it('prepares, publishes once, and answers the same version when asked again', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    expect(await activities.preparePublish({ intent })).toEqual({ lastVersion: 0 });
    expect(await activities.publishPlace({ intent, versionType: published })).toEqual({ version: 1 });
    expect(await activities.publishPlace({ intent, versionType: published })).toEqual({ version: 1 });
    expect(await activities.preparePublish({ intent })).toEqual({ lastVersion: 0 });
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(1);
  });

  it('finds a version whose answer was cut off, by its bytes, and never makes a second', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    const { lastVersion } = await activities.preparePublish({ intent });
    await stage.admin.injectFault({ match: { path: '/versions' }, kind: 'cut-after' });
    await expect(activities.publishPlace({ intent, versionType: published })).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    await expect(activities.publishPlace({ intent, versionType: published })).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    expect(await activities.reconcilePublish({ intent, lastVersion })).toEqual({
      outcome: 'landed',
      version: 1,
      evidence: 'version 1 has the same bytes',
    });
    expect(await activities.publishPlace({ intent, versionType: published })).toEqual({ version: 1 });
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(1);
  });

  it('publishes after the reconciliation showed that nothing landed, somebody else’s version set aside', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    const { lastVersion } = await activities.preparePublish({ intent });
    await stage.admin.injectFault({ match: { path: '/versions' }, kind: '500-before' });
    await expect(activities.publishPlace({ intent, versionType: published })).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    await stage.client.publishPlace(stage.universeId, stage.placeId, placeBytes('from Studio'), published);
    expect(await activities.reconcilePublish({ intent, lastVersion })).toMatchObject({
      outcome: 'absent',
      evidence: expect.stringContaining('published by somebody else') as string,
    });
    expect(await activities.publishPlace({ intent, versionType: published })).toEqual({ version: 2 });
  });

  it('does not send what an attempt that died had sent', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    await ledger.intents.mark(runId, intent.place.sha256, 'sent');
    await expect(activities.publishPlace({ intent, versionType: published })).rejects.toMatchObject({
      kind: 'OutcomeUnknown',
    });
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(0);
  });

  it('refuses a lease that a newer one replaced, and an intent that nobody recorded', async () => {
    const { activities, intentOf } = open();
    const older = await intentOf(stamped('c1'), { lease: 1 });
    await activities.preparePublish({ intent: older });
    await activities.preparePublish({ intent: await intentOf(stamped('c2'), { runId: 'run-2', lease: 2 }) });
    const refusals = [
      () => activities.publishPlace({ intent: older, versionType: published }),
      () => activities.preparePublish({ intent: older }),
    ];
    for (const ask of refusals) await expect(ask()).rejects.toMatchObject({ kind: 'LeaseLost' });
    const unknown = { ...older, runId: 'run-3' };
    await expect(activities.publishPlace({ intent: unknown, versionType: published })).rejects.toMatchObject({
      kind: 'DeploymentFailure',
    });
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(0);
  });

  it.each([
    ['a refused file', placeBytes('x').subarray(1), 'DeploymentFailure'],
    ['a place that is there', placeBytes('x'), undefined],
  ])('records what became of %s', async (_, bytes, kind) => {
    const { activities, intentOf } = open();
    const intent = await intentOf(bytes);
    await activities.preparePublish({ intent });
    const ended = activities.publishPlace({ intent, versionType: published });
    if (kind === undefined) await ended;
    else await expect(ended).rejects.toMatchObject({ kind });
    const { state } = (await ledger.intents.find(runId, intent.place.sha256))!;
    expect(state).toBe(kind === undefined ? 'landed' : 'failed');
  });
});

describe('in an activity', () => {
  it('ends a wait when it is cancelled, and then has sent nothing that counts', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    const environment = new MockActivityEnvironment();
    await stage.admin.injectFault({ match: { path: '/versions' }, kind: '429', times: 50 });
    stage.clock.onSleep = () => environment.cancel();
    await expect(
      environment.run(activities.publishPlace, { intent, versionType: published }),
    ).rejects.toMatchObject({ kind: 'DeploymentFailure' });
    expect(await ledger.intents.find(runId, intent.place.sha256)).toMatchObject({ state: 'failed' });
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(0);
  });
});

describe('reconciling', () => {
  const land = async (...places: Uint8Array[]) => {
    for (const place of places) {
      await stage.client.publishPlace(stage.universeId, stage.placeId, place, published);
    }
  };

  it('knows a version by its stamp where its bytes differ, and prefers equal bytes', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    await land(stamped('c9'), stamped('c1', 'rewritten'));
    const byStamp = await activities.reconcilePublish({ intent, lastVersion: 0 });
    expect(byStamp).toEqual({ outcome: 'landed', version: 2, evidence: 'version 2 has the same stamp' });
    const second = await intentOf(stamped('c1'), { runId: 'run-2' });
    await activities.preparePublish({ intent: second });
    await land(stamped('c1'), stamped('c1', 'saved in Studio'));
    expect(await activities.reconcilePublish({ intent: second, lastVersion: 2 })).toMatchObject({
      outcome: 'landed',
      version: 3,
    });
  });

  it('names both versions where two match, and keeps the intent shut', async () => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    await land(stamped('c1'), stamped('c1'));
    expect(await activities.reconcilePublish({ intent, lastVersion: 0 })).toMatchObject({
      outcome: 'ambiguous',
      evidence: expect.stringContaining('versions 2, 1') as string,
    });
  });

  it('does not take the equal bytes that another run published', async () => {
    const { activities, intentOf } = open();
    const theirs = await intentOf(stamped('c1'), { runId: 'run-2' });
    await activities.preparePublish({ intent: theirs });
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    await activities.publishPlace({ intent: theirs, versionType: published });
    expect(await activities.reconcilePublish({ intent, lastVersion: 0 })).toMatchObject({
      outcome: 'absent',
    });
  });

  it('says that it cannot tell where the key may not read contents', async () => {
    const scopes = allScopes.filter((scope) => scope !== 'legacy-asset:manage');
    const { activities, intentOf } = open({ key: await stage.admin.createKey({ scopes }) });
    const intent = await intentOf(stamped('c1'));
    await activities.preparePublish({ intent });
    await land(stamped('c1'));
    expect(await activities.reconcilePublish({ intent, lastVersion: 0 })).toMatchObject({
      outcome: 'ambiguous',
      evidence: expect.stringContaining('legacy-asset:manage') as string,
    });
  });
});

describe('preparing', () => {
  it.each([
    ['universe', { universeId: '5' }, 'environments.staging.universeId'],
    ['place', { placeId: '5' }, 'environments.staging.places.start.placeId'],
    ['creator', { creator: { type: 'group' as const, id: '9' } }, 'environments.staging.creator'],
  ])('names the field of a wrong %s, and records nothing', async (_, changes, field) => {
    const { activities, intentOf } = open();
    const intent = await intentOf(stamped('c1'), { target: targetOf(changes) });
    await expect(activities.preparePublish({ intent })).rejects.toMatchObject({
      kind: 'InvalidInput',
      details: { problems: [{ field }] },
    });
    expect(await ledger.intents.find(runId, intent.place.sha256)).toBeUndefined();
  });

  it.each([
    ['lacks a scope', { scopes: ['universe.place:read'] }, 'universe-places:write'],
    ['is for another universe', { scopes: allScopes, universeIds: ['5'] }, 'for universe'],
    ['has expired', { scopes: allScopes, expiresAt: '2025-01-01T00:00:00Z' }, 'has expired'],
  ])('refuses a key that %s', async (_, key, message) => {
    const { activities, intentOf } = open({ key: await stage.admin.createKey(key) });
    const intent = await intentOf(stamped('c1'));
    const refusal = activities.preparePublish({ intent });
    await expect(refusal).rejects.toMatchObject({ kind: 'AccessDenied' });
    await expect(refusal).rejects.toThrow(message);
  });
});

describe('uploading', () => {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  async function meshOf(
    id: string,
    artifacts: ReturnType<typeof open>['artifacts'],
  ): Promise<GeneratedAsset> {
    const mesh = await artifacts.put(glbBytes(id), 'model/gltf-binary');
    return {
      id,
      role: 'prop',
      recipe: 'well',
      generator: 'procedural',
      key: hash(Buffer.from(id)),
      mesh,
      thumbnail: mesh,
      provenance: mesh,
      triangles: 12,
      sizeStuds: { x: 1, y: 1, z: 1 },
      reused: false,
      costUsd: 0,
    };
  }
  const creates = async () =>
    (await stage.admin.requests()).filter(
      ({ method, path }) => method === 'POST' && path === '/assets/v1/assets',
    );

  it('uploads a mesh once, and reads what moderation says when asked again', async () => {
    const { activities, artifacts } = open();
    const input = {
      project: 'demo',
      baseCommit: 'c0ffee',
      runId,
      asset: await meshOf('well-1', artifacts),
      target: targetOf(),
    };
    const first = await activities.uploadAsset(input);
    expect(first.moderation).toBe('reviewing');
    stage.clock.advance(10_000);
    expect(await activities.uploadAsset(input)).toEqual({ assetId: first.assetId, moderation: 'approved' });
    expect(await creates()).toHaveLength(1);
  });

  it('goes on polling where the worker died with the operation known', async () => {
    const { activities, artifacts } = open();
    const asset = await meshOf('well-2', artifacts);
    const { creator } = targetOf();
    const { path } = await stage.client.createAsset({
      displayName: 'well-2',
      description: '',
      creator,
      glb: glbBytes('well-2'),
    });
    await ledger.uploads.begin('emulator', creator, asset.mesh.sha256, runId);
    await ledger.uploads.operation('emulator', creator, asset.mesh.sha256, path);
    await activities.uploadAsset({ project: 'demo', baseCommit: 'c0ffee', runId, asset, target: targetOf() });
    expect(await creates()).toHaveLength(1);
  });

  it('creates again where the answer was cut off, as a failure that is tried again', async () => {
    const { activities, artifacts } = open();
    const input = {
      project: 'demo',
      baseCommit: 'c0ffee',
      runId,
      asset: await meshOf('well-3', artifacts),
      target: targetOf(),
    };
    await stage.admin.injectFault({ match: { path: '^/assets/v1/assets$' }, kind: 'cut-after' });
    await expect(activities.uploadAsset(input)).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      retryable: true,
    });
    expect(await activities.uploadAsset(input)).toMatchObject({ moderation: 'reviewing' });
    expect(await creates()).toHaveLength(2);
  });

  it('reports an operation that failed and an asset that was rejected, and does not upload the latter again', async () => {
    const { activities, artifacts } = open();
    await stage.admin.setModeration({ name: 'broken', outcome: 'failed' });
    await stage.admin.setModeration({ name: 'rude', outcome: 'rejected' });
    const upload = async (id: string) =>
      activities.uploadAsset({
        project: 'demo',
        baseCommit: 'c0ffee',
        runId,
        asset: await meshOf(id, artifacts),
        target: targetOf(),
      });
    await expect(upload('broken')).rejects.toThrow('could not be processed');
    await upload('rude');
    stage.clock.advance(10_000);
    await expect(upload('rude')).rejects.toMatchObject({ kind: 'AssetRejected' });
    expect(await creates()).toHaveLength(2);
  });

  it('creates nothing for a mesh in the lock file, whose key names host and creator', async () => {
    const sha256 = hash(glbBytes('locked'));
    const lock = (host: string, assetId: string): AssetLock => ({
      version: 1,
      assets: { [`${host}/user:1/${sha256}`]: { assetId, name: 'locked' } },
    });
    const first = open();
    const asset = await meshOf('locked', first.artifacts);
    const input = { project: 'demo', baseCommit: 'c0ffee', runId, asset, target: targetOf() };
    const { assetId } = await first.activities.uploadAsset(input);
    const other = await first.activities.uploadAsset({
      ...input,
      asset: await meshOf('other', first.artifacts),
    });
    await stage.admin.clearRequests();

    const locked = open({ lock: lock('emulator', other.assetId) });
    expect(await locked.activities.uploadAsset(input)).toMatchObject({ assetId: other.assetId });
    const elsewhere = open({ lock: lock('roblox', other.assetId) });
    expect(await elsewhere.activities.uploadAsset(input)).toMatchObject({ assetId });
    expect(await creates()).toEqual([]);
  });

  it('uploads a mesh again whose asset somebody deleted', async () => {
    const sha256 = hash(glbBytes('gone'));
    const lock: AssetLock = {
      version: 1,
      assets: { [`emulator/user:1/${sha256}`]: { assetId: '42', name: 'gone' } },
    };
    const { activities, artifacts } = open({ lock });
    const asset = await meshOf('gone', artifacts);
    const { assetId } = await activities.uploadAsset({
      project: 'demo',
      baseCommit: 'c0ffee',
      runId,
      asset,
      target: targetOf(),
    });
    expect(assetId).not.toBe('42');
  });
});
