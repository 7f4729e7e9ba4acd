import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import type { Stage } from './harness.js';
import { binaryPlaceBytes, glbBytes, openStage, placeBytes } from './harness.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

async function failureOf(promise: Promise<unknown>): Promise<GraveshiftError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GraveshiftError);
  return error as GraveshiftError;
}

const uploaded = (name: string) => ({
  displayName: name,
  description: 'a test',
  creator: { type: 'user' as const, id: '1' },
  glb: glbBytes(name),
});

describe('places', () => {
  it('publishes both formats, lists the versions newest first, and reads the bytes back', async () => {
    const { client, universeId, placeId } = stage;
    const first = binaryPlaceBytes('one'.repeat(1000));
    expect(await client.publishPlace(universeId, placeId, first, 'Saved')).toEqual({ versionNumber: 1 });
    expect(await client.publishPlace(universeId, placeId, placeBytes('two'), 'Published')).toEqual({
      versionNumber: 2,
    });
    const { versions, complete } = await client.listPlaceVersions(placeId, { limit: 10 });
    expect(complete).toBe(true);
    expect(
      versions.map(({ version, isPublished, createdBy }) => ({ version, isPublished, createdBy })),
    ).toEqual([
      { version: 2, isPublished: true, createdBy: '1' },
      { version: 1, isPublished: false, createdBy: '1' },
    ]);
    expect(Buffer.from(await client.downloadPlaceVersion(placeId, 1))).toEqual(first);
    const content = (await stage.admin.requests()).filter(({ path }) => path.startsWith('/cdn/'));
    expect(content).toHaveLength(1);
  });

  it('turns the pages of a long history, and says when there is more than asked for', async () => {
    const { client, universeId, placeId, clock } = stage;
    for (let version = 1; version <= 60; version += 1) {
      if (version === 30) clock.advance(60_000);
      await client.publishPlace(universeId, placeId, placeBytes(String(version)), 'Saved');
    }
    const all = await client.listPlaceVersions(placeId, { limit: 100 });
    expect(all.complete).toBe(true);
    expect(all.versions.map(({ version }) => version)).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i));
    const after = await client.listPlaceVersions(placeId, { afterVersion: 57, limit: 10 });
    expect(after).toMatchObject({
      complete: true,
      versions: [{ version: 60 }, { version: 59 }, { version: 58 }],
    });
    const newest = await client.listPlaceVersions(placeId, { limit: 1 });
    expect(newest).toMatchObject({ complete: false, versions: [{ version: 60 }] });
  });

  it('reads the universe and the place', async () => {
    const { client, universeId, placeId, lobbyId } = stage;
    expect(await client.getUniverse(universeId)).toEqual({
      universeId,
      displayName: 'Graveshift test',
      creator: { type: 'user', id: '1' },
      rootPlaceId: placeId,
    });
    expect(await client.getPlace(universeId, lobbyId)).toEqual({
      placeId: lobbyId,
      displayName: 'lobby',
      root: false,
    });
  });

  it.each([
    [
      'a place of another universe',
      409,
      'cloud',
      async () => stage.admin.createUniverse({ name: 'other', places: ['start'] }),
    ],
    ['a place that is not there', 404, 'cloud', () => Promise.resolve({ places: { start: '999' } })],
  ])('refuses %s', async (_, status, __, other) => {
    const { places } = await other();
    const failure = await failureOf(
      stage.client.publishPlace(stage.universeId, places.start, placeBytes('x'), 'Published'),
    );
    expect(failure.kind).toBe('DeploymentFailure');
    expect(failure.details).toMatchObject({ call: 'publishPlace', status, shape: 'status' });
    expect(failure.details.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses bytes that are no place, without a version', async () => {
    const failure = await failureOf(
      stage.client.publishPlace(stage.universeId, stage.placeId, Buffer.from('PK not a place'), 'Published'),
    );
    expect(failure).toMatchObject({ kind: 'DeploymentFailure', details: { status: 400, shape: 'text' } });
    expect(failure.message).toContain('Invalid file content');
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
  });
});

describe('assets', () => {
  it('creates a model, whose id is kept exactly, and tells moderation from being done', async () => {
    const { client, clock } = stage;
    const operation = await client.createAsset(uploaded('dead-tree-1'));
    expect(operation).toEqual({ path: expect.stringMatching(/^operations\//) as string, done: false });
    expect(await client.getOperation(operation.path)).toMatchObject({ done: false });
    clock.advance(200);
    const done = await client.getOperation(operation.path);
    expect(done).toMatchObject({ done: true, asset: { moderation: 'reviewing' } });
    const assetId = done.asset!.assetId;
    expect(Number.isSafeInteger(Number(assetId))).toBe(false);
    clock.advance(1000);
    expect(await client.getAsset(assetId)).toMatchObject({ assetId, moderation: 'approved' });
  });

  it('reports a rejected asset, and an operation that failed', async () => {
    const { client, clock, admin } = stage;
    await admin.setModeration({ name: 'rude', outcome: 'rejected' });
    await admin.setModeration({ name: 'broken', outcome: 'failed' });
    const rude = await client.createAsset(uploaded('rude'));
    const broken = await client.createAsset(uploaded('broken'));
    clock.advance(5000);
    expect(await client.getOperation(rude.path)).toMatchObject({
      done: true,
      asset: { moderation: 'rejected' },
    });
    expect(await client.getOperation(broken.path)).toEqual({
      path: broken.path,
      done: true,
      error: { code: 3, message: 'The file could not be processed.' },
    });
  });

  it('refuses a file that is no GLB, and a creator that the key does not own', async () => {
    const notGlb = await failureOf(stage.client.createAsset({ ...uploaded('x'), glb: Buffer.from('obj') }));
    expect(notGlb).toMatchObject({ kind: 'DeploymentFailure', details: { status: 400, shape: 'status' } });
    const stranger = await failureOf(
      stage.client.createAsset({ ...uploaded('x'), creator: { type: 'group', id: '77' } }),
    );
    expect(stranger).toMatchObject({ kind: 'AccessDenied', details: { status: 403 } });
  });

  it('refuses a file over 20 MB', async () => {
    const large = Buffer.concat([glbBytes(), Buffer.alloc(20 * 1024 * 1024)]);
    const failure = await failureOf(stage.client.createAsset({ ...uploaded('large'), glb: large }));
    expect(failure).toMatchObject({ kind: 'DeploymentFailure', details: { status: 413 } });
  });
});

describe('keys', () => {
  it('tells what the key may do and until when', async () => {
    const key = await stage.admin.createKey({
      scopes: ['universe-places:write', 'asset:read'],
      universeIds: [stage.universeId],
      expiresAt: '2026-06-01T00:00:00.000Z',
    });
    expect(await stage.clientWith(key).introspectKey()).toMatchObject({
      enabled: true,
      expired: false,
      expiresAt: '2026-06-01T00:00:00.000Z',
      scopes: [{ scope: 'universe-places:write', universeIds: [stage.universeId] }, { scope: 'asset:read' }],
    });
  });

  it.each([
    ['publishPlace', 'gateway'],
    ['listPlaceVersions', 'operation'],
    ['getAsset', 'status'],
    ['getUniverse', 'status'],
    ['introspectKey', 'gateway'],
  ] as const)('refuses a wrong key on %s, in the shape %s, and never shows it', async (name, shape) => {
    const secret = 'wrong-key-Zm9vYmFy';
    const client = stage.clientWith(secret);
    const call = {
      publishPlace: () => client.publishPlace(stage.universeId, stage.placeId, placeBytes('x'), 'Saved'),
      listPlaceVersions: () => client.listPlaceVersions(stage.placeId, { limit: 5 }),
      getAsset: () => client.getAsset('5'),
      getUniverse: () => client.getUniverse(stage.universeId),
      introspectKey: () => client.introspectKey(),
    }[name];
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ kind: 'AccessDenied', details: { status: 401, shape } });
    expect(JSON.stringify([failure.message, failure.stack, failure.details, failure.cause])).not.toContain(
      secret,
    );
  });

  it('names the scope that a key lacks', async () => {
    const client = stage.clientWith(await stage.admin.createKey({ scopes: ['asset:read'] }));
    const publish = await failureOf(
      client.publishPlace(stage.universeId, stage.placeId, placeBytes('x'), 'Saved'),
    );
    expect(publish).toMatchObject({
      kind: 'AccessDenied',
      details: { status: 403, scopes: ['universe-places:write'] },
    });
    expect(publish.message).toContain('universe-places:write');
    const history = await failureOf(client.listPlaceVersions(stage.placeId, { limit: 1 }));
    expect(history).toMatchObject({ details: { shape: 'operation', code: 'INSUFFICIENT_SCOPE' } });
  });

  it('refuses an expired key and a universe that the key leaves out', async () => {
    const expired = stage.clientWith(
      await stage.admin.createKey({ scopes: [], expiresAt: '2025-01-01T00:00:00.000Z' }),
    );
    expect((await failureOf(expired.getUniverse(stage.universeId))).message).toContain('expired');
    expect(await expired.introspectKey()).toMatchObject({ expired: true });
    const elsewhere = stage.clientWith(await stage.admin.createKey({ scopes: [], universeIds: ['5'] }));
    expect(await failureOf(elsewhere.getUniverse(stage.universeId))).toMatchObject({
      kind: 'AccessDenied',
      details: { status: 403 },
    });
  });

  it('never sends the key to the content server, nor logs it', async () => {
    const { client, universeId, placeId, admin, key } = stage;
    await client.publishPlace(universeId, placeId, placeBytes('x'), 'Saved');
    await client.downloadPlaceVersion(placeId, 1);
    await client.introspectKey();
    expect(JSON.stringify([await admin.requests(), await admin.state()])).not.toContain(key);
  });

  it('hides the key where a service quotes it, in a header, a message or a code', async () => {
    const secret = 'quoted-key-c2VjcmV0';
    const server = createServer((incoming, answer) => {
      const quoted = String(incoming.headers['x-api-key']);
      answer.writeHead(400, { 'x-request-id': quoted, 'content-type': 'application/json' });
      answer.end(JSON.stringify({ code: quoted, message: `not a key: ${quoted}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = createOpenCloudClient({
      baseUrl: `http://127.0.0.1:${String(port)}`,
      apiKey: () => secret,
    });
    const failure = await failureOf(client.getUniverse('1'));
    await client.close();
    server.close();
    expect(failure.message).toContain('not a key: [redacted]');
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(secret);
  });
});
