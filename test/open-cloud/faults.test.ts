import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { GraveshiftError } from '../../src/domain/failure.js';
import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import type { Wait } from '../../src/adapters/open-cloud/index.js';
import type { FaultKind } from '../../src/emulator/index.js';
import { faultKinds } from '../../src/emulator/index.js';
import type { Stage } from './harness.js';
import { glbBytes, openStage, placeBytes } from './harness.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as GraveshiftError).kind,
  );

/** For each fault: how a publish ends, and how many versions there are then. */
const publishOutcomes: Record<FaultKind, [string, number]> = {
  delay: ['ok', 1],
  '429': ['ok', 1],
  '500-before': ['OutcomeUnknown', 0],
  '500-after': ['OutcomeUnknown', 1],
  'cut-before': ['OutcomeUnknown', 0],
  'cut-after': ['OutcomeUnknown', 1],
  'html-502': ['OutcomeUnknown', 0],
  'malformed-json': ['OutcomeUnknown', 1],
  late: ['OutcomeUnknown', 1],
  '409-team-create': ['DeploymentFailure', 0],
  '409-wrong-universe': ['DeploymentFailure', 0],
  'key-revoked': ['AccessDenied', 0],
};

describe('a publish', () => {
  it.each(faultKinds)('under the fault %s is never sent twice where it may have happened', async (kind) => {
    const { admin, client, universeId, placeId } = stage;
    await admin.injectFault({ match: { method: 'POST', path: '/versions' }, kind, delayMs: 20 });
    const [outcome, versions] = publishOutcomes[kind];
    expect(await outcomeOf(client.publishPlace(universeId, placeId, placeBytes('x'), 'Published'))).toBe(
      outcome,
    );
    await expect.poll(async () => (await admin.placeHistory(placeId)).length).toBe(versions);
    const sent = (await admin.requests()).filter(({ path }) => path.includes('/versions'));
    expect(sent).toHaveLength(kind === '429' ? 2 : 1);
  });

  it('is sent on a connection of its own that closes, while reads share one', async () => {
    const seen: { method: string; connection: string | undefined; port: number | undefined }[] = [];
    const server = createServer((incoming, answer) => {
      const { method = '', headers, socket } = incoming;
      seen.push({ method, connection: headers.connection, port: socket.remotePort });
      incoming.resume().on('end', () => answer.end('{"path":"universes/1","versionNumber":3}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = createOpenCloudClient({
      baseUrl: `http://127.0.0.1:${String(port)}`,
      apiKey: () => 'key',
    });
    await client.getUniverse('1');
    await client.publishPlace('1', '2', placeBytes('x'), 'Saved');
    await client.getUniverse('1');
    await client.close();
    server.close();
    expect(seen.map(({ method, connection }) => [method, connection])).toEqual([
      ['GET', 'keep-alive'],
      ['POST', 'close'],
      ['GET', 'keep-alive'],
    ]);
    expect(seen[0]?.port).toBe(seen[2]?.port);
    expect(seen[1]?.port).not.toBe(seen[0]?.port);
  });

  it('that no connection was made for certainly had no effect', async () => {
    const client = createOpenCloudClient({
      baseUrl: 'http://127.0.0.1:1',
      apiKey: () => 'key',
      clock: stage.clock,
    });
    const failure = await client
      .publishPlace('1', '2', placeBytes('x'), 'Saved')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', details: { mayHaveArrived: false } });
    expect(stage.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(500 + 1000 + 2000 + 4000 + 8000);
    await client.close();
  });
});

describe('a quota that stays used up', () => {
  const asset = {
    displayName: 'well',
    description: '',
    creator: { type: 'user' as const, id: '1' },
    glb: glbBytes(),
  };

  it.each([
    ['publish', (on: Stage) => on.client.publishPlace(on.universeId, on.placeId, placeBytes('x'), 'Saved')],
    ['create', (on: Stage) => on.client.createAsset(asset)],
    ['read', (on: Stage) => on.client.getUniverse(on.universeId)],
  ])('ends a %s after bounded waits, without an effect, so that it may be tried again', async (_, call) => {
    const { admin, clock, placeId } = stage;
    await admin.injectFault({ kind: '429', times: 50 });
    const failure = await call(stage).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', retryable: true, details: { status: 429 } });
    expect((failure as Error).message).toContain('had no effect');
    expect(await admin.requests()).toHaveLength(6);
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(150_000);
    expect((await admin.state()).assets).toBe(0);
    expect(await admin.placeHistory(placeId)).toHaveLength(0);
  });
});

describe('a create', () => {
  it.each(faultKinds)('under the fault %s is never sent twice where it may have happened', async (kind) => {
    const { admin, client } = stage;
    await admin.injectFault({ match: { path: '^/assets/v1/assets$' }, kind, delayMs: 20 });
    const asset = {
      displayName: 'well',
      description: '',
      creator: { type: 'user' as const, id: '1' },
      glb: glbBytes(),
    };
    const [outcome, made] = publishOutcomes[kind];
    expect(await outcomeOf(client.createAsset(asset))).toBe(outcome);
    await expect.poll(async () => (await admin.state()).assets).toBe(made);
  });
});

describe('a read', () => {
  const refusals = ['409-team-create', '409-wrong-universe', 'key-revoked'];
  it.each(faultKinds.filter((kind) => !refusals.includes(kind)))('gets over the fault %s', async (kind) => {
    const { admin, client, universeId } = stage;
    await admin.injectFault({ match: { path: '/cloud/v2/' }, kind, delayMs: 20 });
    // An unreadable 200 is not tried again here: the activity is, from the start.
    expect(await outcomeOf(client.getUniverse(universeId))).toBe(
      kind === 'malformed-json' ? 'ServiceUnavailable' : 'ok',
    );
  });

  it('gives up when the service stays down, and says what it answered', async () => {
    const { admin, client, universeId, clock } = stage;
    await admin.injectFault({ kind: 'html-502', times: 50 });
    const failure = await client.getUniverse(universeId).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', details: { status: 502, shape: 'html' } });
    expect((failure as Error).message).toContain('titled "502 Bad Gateway"');
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(500 + 1000 + 2000 + 4000 + 8000);
  });

  it('stops waiting when it is cancelled', async () => {
    const { admin, client, universeId } = stage;
    await admin.injectFault({ kind: '500-before', times: 50 });
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    const reading = client.getUniverse(universeId, {
      signal: controller.signal,
      onWait: () => controller.abort(reason),
    });
    await expect(reading).rejects.toBe(reason);
    expect(await admin.requests()).toHaveLength(1);
  });

  it('stops a request in flight when it is cancelled', async () => {
    const { admin, client, universeId } = stage;
    await admin.injectFault({ kind: 'delay', delayMs: 30_000 });
    const controller = new AbortController();
    const reading = client.getUniverse(universeId, { signal: controller.signal });
    controller.abort(new Error('worker stops'));
    await expect(reading).rejects.toThrow('worker stops');
  });
});

describe('the quota', () => {
  it('is counted for the owner, told in headers, and waited for', async () => {
    const { admin, client, clientWith, universeId, placeId, clock } = stage;
    const sibling = clientWith(await admin.createKey({ scopes: ['universe-places:write'] }));
    clock.advance(7_000);
    for (let count = 0; count < 30; count += 1) {
      await (count % 2 === 0 ? client : sibling).publishPlace(
        universeId,
        placeId,
        placeBytes(String(count)),
        'Saved',
      );
    }
    const waits: Wait[] = [];
    const { versionNumber } = await client.publishPlace(universeId, placeId, placeBytes('31st'), 'Saved', {
      onWait: (wait) => waits.push(wait),
    });
    expect(versionNumber).toBe(31);
    expect(waits[0]).toMatchObject({
      call: 'publishPlace',
      reason: 'answered 429',
      remainingMs: 53_000,
      tries: 1,
    });
    // A notice every five seconds, so that an activity can heartbeat meanwhile.
    expect(waits).toHaveLength(11);
  });

  it('answers headers on success, and none on 404', async () => {
    const { emulator, universeId, key, clock } = stage;
    clock.advance(15_000);
    const get = (path: string) => request(new URL(path, emulator.url), { headers: { 'x-api-key': key } });
    const found = await get(`/cloud/v2/universes/${universeId}`);
    expect(found.headers).toMatchObject({
      'x-ratelimit-limit': '100, 100;w=60',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-reset': '45',
    });
    const missing = await get('/cloud/v2/universes/5');
    expect(missing.statusCode).toBe(404);
    expect(Object.keys(missing.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    for (const { body } of [found, missing]) await body.dump();
  });

  it('prefers the largest reset of the list to retry-after', async () => {
    const { admin, client, universeId, clock } = stage;
    await admin.injectFault({ kind: '429' });
    await client.getUniverse(universeId);
    expect(clock.slept).toEqual([1000]);
  });
});

it('takes a fault from the header of one request', async () => {
  const { emulator, universeId, placeId, key, admin } = stage;
  const publish = (fault: string) =>
    request(
      new URL(`/universes/v1/${universeId}/places/${placeId}/versions?versionType=Published`, emulator.url),
      {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/xml', 'x-graveshift-fault': fault },
        body: placeBytes('x'),
      },
    );
  await expect(publish('cut-after')).rejects.toThrow();
  expect(await admin.placeHistory(placeId)).toHaveLength(1);
  const failed = await publish('500-before');
  expect(failed.statusCode).toBe(500);
  await failed.body.dump();
  expect(await admin.placeHistory(placeId)).toHaveLength(1);
  const log = await admin.requests();
  expect(log.map(({ status, fault }) => ({ status, fault }))).toEqual([
    { status: undefined, fault: 'cut-after' },
    { status: 500, fault: '500-before' },
  ]);
});
