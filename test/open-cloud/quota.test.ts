import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Ledger } from '../../src/adapters/ledger/index.js';
import { createLedger } from '../../src/adapters/ledger/index.js';
import type { OpenCloudClient, Wait } from '../../src/adapters/open-cloud/index.js';
import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import type { QuotaLedger, QuotaWindow } from '../../src/domain/quota.js';
import { reservedCalls, takeFromWindow } from '../../src/domain/quota.js';
import type { Stage } from './harness.js';
import { openStage, placeBytes } from './harness.js';
import { virtualClock } from './virtual-clock.js';

describe('a window', () => {
  const ask = fc.record({ urgent: fc.boolean(), after: fc.integer({ min: 0, max: 30_000 }) });

  it('never gives more than its limit, and keeps the reserve for urgent calls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(ask, { maxLength: 200 }), (perMinute, asks) => {
        const given = new Map<number, { all: number; ordinary: number }>();
        let window: QuotaWindow | undefined;
        let now = Date.UTC(2026, 0, 1);
        for (const { urgent, after } of asks) {
          now += after % 7 === 0 ? after : after % 400;
          const taken = takeFromWindow(window, { perMinute, urgent, now });
          window = taken.window;
          const minute = Math.floor(now / 60_000);
          const count = given.get(minute) ?? { all: 0, ordinary: 0 };
          if (taken.grant.granted) {
            count.all += 1;
            count.ordinary += urgent ? 0 : 1;
          } else {
            expect(now + taken.grant.waitMs).toBe((minute + 1) * 60_000);
            // Refused only when there is none left for such a call.
            expect(urgent ? count.all : count.all + reservedCalls(perMinute)).toBeGreaterThanOrEqual(
              perMinute,
            );
          }
          given.set(minute, count);
          expect(count.all).toBeLessThanOrEqual(perMinute);
          expect(count.ordinary).toBeLessThanOrEqual(perMinute - reservedCalls(perMinute));
        }
      }),
    );
  });

  it('takes its end, its length and its limit from what the service says', () => {
    const now = Date.UTC(2026, 0, 1, 0, 0, 10);
    const observation = { endsAt: now + 20_000, limit: 10, remaining: 2, lengthMs: 60_000 };
    const request = { perMinute: 30, urgent: false, now };
    const first = takeFromWindow(undefined, { ...request, observation });
    // Eight were used by others, two are the reserve.
    expect(first.grant).toEqual({ granted: false, waitMs: 20_000 });
    const next = takeFromWindow(first.window, { ...request, now: now + 20_000 });
    expect(next).toEqual({
      grant: { granted: true },
      window: { endsAt: now + 80_000, lengthMs: 60_000, limit: 10, taken: 1, urgentTaken: 0 },
    });
  });

  it('does not count what was left of the last window against the new one', () => {
    const end = Date.UTC(2026, 0, 1, 0, 1);
    const full = { endsAt: end, lengthMs: 60_000, limit: 30, taken: 30, urgentTaken: 6 };
    const observation = { endsAt: end + 400, limit: 30, remaining: 0 };
    const taken = takeFromWindow(full, { perMinute: 30, urgent: false, now: end + 200, observation });
    expect(taken.grant).toEqual({ granted: true });
    expect(taken.window).toMatchObject({ endsAt: end + 60_000, taken: 1 });
  });

  it('starts afresh after a clock that was put back', () => {
    const now = Date.UTC(2026, 0, 1);
    const future = { endsAt: now + 3_600_000, lengthMs: 60_000, limit: 30, taken: 30, urgentTaken: 0 };
    expect(takeFromWindow(future, { perMinute: 30, urgent: false, now }).grant).toEqual({ granted: true });
  });
});

describe('the shared quota', () => {
  const clock = virtualClock();
  let stage: Stage;
  let ledgers: Ledger[];
  let clients: OpenCloudClient[];
  const warnings: string[] = [];

  beforeEach(async () => {
    stage = await openStage({ clock });
    ledgers = await Promise.all([1, 2, 3].map(() => createLedger({ url: join(stage.folder, 'ledger.db') })));
    clients = [];
    warnings.length = 0;
  });
  afterEach(async () => {
    await Promise.all([...clients, ...ledgers].map((each) => each.close()));
    await stage.close();
  });

  function clientOf(quotas: QuotaLedger, apiKey = stage.key): OpenCloudClient {
    const client = createOpenCloudClient({
      baseUrl: stage.emulator.url,
      apiKey: () => apiKey,
      clock,
      quotas,
      warn: (message) => warnings.push(message),
    });
    clients.push(client);
    return client;
  }

  const publish = (
    client: OpenCloudClient,
    options: { urgent?: boolean; onWait?: (wait: Wait) => void } = {},
  ) =>
    clock.run(() => client.publishPlace(stage.universeId, stage.placeId, placeBytes('x'), 'Saved', options));
  const answers = async (status: number) =>
    (await stage.admin.requests()).filter((request) => request.status === status).length;
  /** To the start of the next minute. */
  const nextMinute = () => clock.run(() => clock.sleep(60_000 - (clock.now() % 60_000)));

  it('is used up by many processes without one refusal, and hardly any of it is left unused', async () => {
    await nextMinute();
    const siblings = await Promise.all(
      ledgers.map(async ({ quotas }) =>
        clientOf(quotas, await stage.admin.createKey({ scopes: ['universe-places:write'] })),
      ),
    );
    const perMinute = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 90 }, async (_, index) => {
        await clock.run(async () => {
          const client = siblings[index % siblings.length]!;
          await client.publishPlace(stage.universeId, stage.placeId, placeBytes(String(index)), 'Saved');
          const minute = Math.floor(clock.now() / 60_000);
          perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
        });
      }),
    );
    const counts = [...perMinute.values()];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(90);
    expect(Math.max(...counts)).toBeLessThanOrEqual(30 - reservedCalls(30));
    for (const full of counts.slice(0, 3)) expect(full / 24).toBeGreaterThanOrEqual(0.95);
    expect(await answers(429)).toBe(0);
  });

  it('keeps a share for urgent calls, which go at once while the others wait', async () => {
    await nextMinute();
    const client = clientOf(ledgers[0]!.quotas);
    const rescue = clientOf(ledgers[1]!.quotas);
    for (let count = 0; count < 24; count += 1) await publish(client);
    const before = clock.now();
    for (let count = 0; count < 6; count += 1) await publish(rescue, { urgent: true });
    expect(clock.now()).toBe(before);
    const waits: Wait[] = [];
    await publish(client, { onWait: (wait) => waits.push(wait) });
    expect(waits[0]).toMatchObject({
      call: 'publishPlace',
      reason: 'the quota is used up',
      remainingMs: 60_000,
    });
    expect(waits).toHaveLength(12);
    expect(await answers(429)).toBe(0);
  });

  it('learns from the headers what others have used', async () => {
    await nextMinute();
    for (let count = 0; count < 20; count += 1) await publish(stage.client);
    const client = clientOf(ledgers[0]!.quotas);
    const before = clock.now();
    for (let count = 0; count < 4; count += 1) await publish(client);
    expect(clock.now()).toBe(before);
    await publish(client);
    expect(clock.now()).toBe(before + 60_000);
    expect(await answers(429)).toBe(0);
  });

  it('is one for all keys of an owner, and another for another owner; the ledger holds no key', async () => {
    await nextMinute();
    const sibling = await stage.admin.createKey({ scopes: ['universe-places:write'] });
    const stranger = await stage.admin.createKey({ scopes: [], ownerId: '2' });
    for (let count = 0; count < 24; count += 1) {
      await publish(clientOf(ledgers[0]!.quotas, count % 2 === 0 ? stage.key : sibling));
    }
    const before = clock.now();
    const read = await clock
      .run(() => clientOf(ledgers[1]!.quotas, stranger).getUniverse(stage.universeId))
      .catch((error: unknown) => error);
    expect(read).toBeDefined();
    expect(clock.now()).toBe(before);
    await publish(clientOf(ledgers[1]!.quotas, sibling));
    expect(clock.now()).toBe(before + 60_000);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
    const files = (await readdir(stage.folder)).filter((name) => name.startsWith('ledger.db'));
    const contents = await Promise.all(files.map((name) => readFile(join(stage.folder, name), 'latin1')));
    const bytes = contents.join('');
    expect(bytes).toContain('publishPlace');
    for (const key of [stage.key, sibling, stranger]) expect(bytes).not.toContain(key);
    ledgers = [];
  });

  it('is not waited for longer than a call may take; nothing is sent then', async () => {
    const quotas: QuotaLedger = { take: () => Promise.resolve({ granted: false, waitMs: 60_000 }) };
    const before = clock.now();
    const failure = await publish(clientOf(quotas)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'ServiceUnavailable',
      details: { call: 'publishPlace', retryAfterSeconds: 60 },
    });
    expect(clock.now() - before).toBe(240_000);
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
  });

  it('ends a wait when the call is cancelled', async () => {
    const quotas: QuotaLedger = { take: () => Promise.resolve({ granted: false, waitMs: 60_000 }) };
    const controller = new AbortController();
    const reason = new Error('cancelled by a person');
    const publishing = clientOf(quotas).publishPlace(
      stage.universeId,
      stage.placeId,
      placeBytes('x'),
      'Saved',
      { signal: controller.signal, onWait: () => controller.abort(reason) },
    );
    await expect(publishing).rejects.toBe(reason);
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
  });

  it('does not stand in the way when the ledger fails, and says so once', async () => {
    const client = clientOf({ take: () => Promise.reject(new Error('the disk is full')) });
    await publish(client);
    await publish(client);
    expect(await stage.admin.placeHistory(stage.placeId)).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('the disk is full')]);
  });
});
