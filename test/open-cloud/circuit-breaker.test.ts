import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { GraveshiftError } from '../../src/domain/failure.js';
import type { Stage } from './harness.js';
import { openStage, placeBytes } from './harness.js';

describe('the breaker', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  const read = () => stage.client.getUniverse(stage.universeId);
  const publish = (urgent = false) =>
    stage.client.publishPlace(stage.universeId, stage.placeId, placeBytes('x'), 'Published', { urgent });
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error as GraveshiftError,
    );
  const sent = async () => (await stage.admin.requests()).length;
  async function breakDown(kind: 'html-502' | '500-before' = 'html-502') {
    await stage.admin.injectFault({ kind, times: 100 });
    await failureOf(read());
    await failureOf(read());
  }

  it('opens after eight outages in a row: then all but urgent calls are refused unsent', async () => {
    await breakDown();
    expect(await sent()).toBe(8);
    const refused = await failureOf(publish());
    expect(refused).toMatchObject({
      kind: 'ServiceUnavailable',
      details: { downSince: expect.stringMatching(/^2026-01-01T/) as string },
    });
    expect(refused?.message).toContain('Open Cloud seems to be down since 2026-01-01T00:00:00.000Z');
    expect(await sent()).toBe(8);
    // An urgent one is sent, and its unknown outcome stays one.
    expect(await failureOf(publish(true))).toMatchObject({ kind: 'OutcomeUnknown' });
    expect(await sent()).toBe(9);
  });

  it('closes with the first answer to a probe, and to an urgent call', async () => {
    await breakDown();
    await stage.admin.clearFaults();
    expect(await failureOf(read())).toMatchObject({ kind: 'ServiceUnavailable' });
    expect(await publish(true)).toEqual({ versionNumber: 1 });
    await read();
    await breakDown();
    await stage.admin.clearFaults();
    stage.clock.advance(30_000);
    await read();
    await read();
  });

  it('lets one probe through after a while, and stays open when that fails', async () => {
    await breakDown();
    stage.clock.advance(30_000);
    const before = await sent();
    const outcomes = await Promise.all([read(), read(), read()].map(failureOf));
    expect(outcomes.map((failure) => failure?.kind)).toEqual(Array(3).fill('ServiceUnavailable'));
    expect((await sent()) - before).toBe(1);
  });

  it('takes one call that always answers 500 for a bug of that call', async () => {
    await breakDown('500-before');
    await failureOf(read());
    expect(await sent()).toBe(18);
    await stage.admin.clearFaults();
    expect(await publish()).toEqual({ versionNumber: 1 });
  });

  it('is not opened by refusals', async () => {
    for (let count = 0; count < 10; count += 1) {
      expect(await failureOf(stage.client.getUniverse('5'))).toMatchObject({ details: { status: 404 } });
    }
    await read();
  });
});
