import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createEmulator, emulatorAdmin } from '../../src/emulator/index.js';
import type { Stage } from './harness.js';
import { openStage, placeBytes } from './harness.js';
import { publish, rawCall } from './raw-call.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const universePath = () => `/cloud/v2/universes/${stage.universeId}`;
const publishPath = () =>
  `/universes/v1/${stage.universeId}/places/${stage.placeId}/versions?versionType=Published`;
const send = (text: string) =>
  rawCall(stage, 'POST', publishPath(), placeBytes(text), { 'content-type': 'application/xml' });

describe('a fault', () => {
  it.each([
    ['reset-list', { 'x-ratelimit-reset': '0, 1' }, 'retry-after'],
    ['retry-after', { 'retry-after': '1' }, 'x-ratelimit-reset'],
    ['retry-after-date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:02 GMT' }, 'x-ratelimit-reset'],
    ['none', {}, 'retry-after'],
  ] as const)(
    '429 with %s says when to come back in that form alone',
    async (rateLimitHeaders, form, absent) => {
      await stage.admin.injectFault({ kind: '429', rateLimitHeaders });
      const { status, headers } = await rawCall(stage, 'GET', universePath());
      expect(status).toBe(429);
      expect(headers).toMatchObject(form);
      expect(headers).not.toHaveProperty(absent);
    },
  );

  it.each([
    ['409-team-create', 409, 'Team Create'],
    ['409-wrong-universe', 409, 'not part of the universe'],
    ['key-revoked', 401, 'Invalid API Key'],
  ] as const)('%s refuses before any effect', async (kind, status, text) => {
    await stage.admin.injectFault({ kind });
    const answer = await send('x');
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
  });

  it('late cuts the line at once and lets the effect land after a while, behind what came in between', async () => {
    await stage.admin.injectFault({ kind: 'late', delayMs: 300, match: { path: '/versions' } });
    await expect(send('slow')).rejects.toThrow();
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
    await publish(stage, 'quick');
    await expect.poll(async () => (await stage.admin.placeHistory(stage.placeId)).length).toBe(2);
    const sizes = (await stage.admin.placeHistory(stage.placeId)).map(({ bytes }) => bytes);
    expect(sizes).toEqual([placeBytes('quick').length, placeBytes('slow').length]);
  });
});

describe('the admin', () => {
  it('revokes a key', async () => {
    expect((await rawCall(stage, 'GET', universePath())).status).toBe(200);
    expect(await stage.admin.revokeKey(stage.key)).toBe(true);
    expect((await rawCall(stage, 'GET', universePath())).status).toBe(401);
    expect(await stage.admin.revokeKey(stage.key)).toBe(false);
  });

  it('uses up a quota, and scales the time of its windows', async () => {
    await stage.admin.setOwnerQuota({ endpoint: 'universe', perMinute: 0 });
    expect((await rawCall(stage, 'GET', universePath())).status).toBe(429);
    await stage.admin.setOwnerQuota({ endpoint: 'universe', perMinute: 1 });
    await stage.admin.configure({ quotaScale: 60 });
    stage.clock.advance(1_000);
    const first = await rawCall(stage, 'GET', universePath());
    expect([first.status, first.headers['x-ratelimit-limit']]).toEqual([200, '1, 1;w=1']);
    expect((await rawCall(stage, 'GET', universePath())).status).toBe(429);
    stage.clock.advance(1_000);
    expect((await rawCall(stage, 'GET', universePath())).status).toBe(200);
  });

  it('publishes as a person, also while Team Create keeps the API out', async () => {
    await stage.admin.openTeamCreate(stage.placeId, [{ id: '77', name: 'Builder' }]);
    expect(await send('x')).toMatchObject({ status: 409 });
    expect(await stage.admin.publishAs(stage.placeId, placeBytes('by hand'), { createdBy: '77' })).toBe(1);
    await stage.admin.openTeamCreate(stage.placeId, []);
    expect(await publish(stage, 'x')).toBe(2);
    expect((await stage.admin.placeHistory(stage.placeId)).map(({ createdBy }) => createdBy)).toEqual([
      '77',
      '1',
    ]);
  });
});

it('opens a state file of before there were servers, tasks and configs', async () => {
  const stateFile = join(stage.folder, 'old.json');
  const place = { universeId: '7', name: 'start', createdTime: '2026-01-01T00:00:00.000Z', versions: [] };
  const universe = {
    name: 'old',
    creator: { type: 'user', id: '1' },
    rootPlaceId: '8',
    createdTime: place.createdTime,
  };
  const old = {
    version: 1,
    nextId: 9,
    universes: { '7': universe },
    places: { '8': place },
    keys: {},
    operations: {},
    moderation: {},
  };
  await writeFile(stateFile, JSON.stringify(old));
  const emulator = await createEmulator({ stateFile });
  const admin = emulatorAdmin(emulator.url);
  await admin.setFleet('8', { servers: 1 });
  expect(await admin.publishAs('8', placeBytes('x'), { createdBy: '1' })).toBe(1);
  await emulator.close();
});

it('refuses more than 100 MB while it comes', async () => {
  const head = placeBytes('x');
  const answer = await rawCall(
    stage,
    'POST',
    publishPath(),
    Buffer.concat([head, Buffer.alloc(100 * 1024 * 1024)]),
    {
      'content-type': 'application/xml',
    },
  ).catch(() => ({ status: 413 }));
  expect(answer.status).toBe(413);
  expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
});
