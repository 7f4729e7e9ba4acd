import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { watchPolicySchema, type WatchBaseline } from '../../src/domain/watch.js';
import { openStage, type Stage } from '../open-cloud/harness.js';
import { inActivity, liveActivities, placeWith, publish, targetOf } from './live-fixtures.js';

const policy = watchPolicySchema.parse({
  signals: { clientCrashRate: { enabled: false }, players: { enabled: false } },
});
const everything = watchPolicySchema.parse({});

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await stage.admin.setFleet(stage.placeId, { servers: 3 });
});
afterEach(() => stage.close());

/** Version 1 for an hour, then version 2 with everything restarted onto it. */
async function release(): Promise<{ version: number; baseline: WatchBaseline }> {
  const live = liveActivities(stage);
  const target = targetOf(stage);
  const before = await publish(stage, placeWith({ Module: 'return 1' }));
  stage.clock.advance(3_600_000);
  const { baseline } = await live.prepareProduction({ target, snapshot: false, version: before, policy });
  const version = await publish(stage, placeWith({ Module: 'return 2' }));
  stage.clock.advance(1000);
  await live.restartOldServers({ target, version, bleedOffMinutes: 0 });
  stage.clock.advance(60_000);
  return { version, baseline };
}

const watch = (version: number, baseline: WatchBaseline, details?: unknown) =>
  inActivity(
    () => liveActivities(stage).watchRelease({ target: targetOf(stage), version, baseline, policy }),
    details,
  );

describe('a baseline', () => {
  it('is what the live version did, with the errors that it had', async () => {
    await stage.admin.setBehaviour(stage.placeId, {
      logs: [{ severity: 'error', message: 'an old one: 12' }],
      frameRate: 55,
    });
    const { baseline } = await release();
    expect(baseline).toMatchObject({
      version: 1,
      values: { 'server-crashes': { value: 0 }, 'frame-rate': { value: 55 }, memory: {}, errors: {} },
      knownErrors: [expect.stringMatching(/^[0-9a-f]{16}$/)],
    });
    expect(baseline.values['server-crashes']?.samples).toBeCloseTo(180, 0);
  });

  it('is empty where nothing was live', async () => {
    const { baseline } = await liveActivities(stage).prepareProduction({
      target: targetOf(stage),
      snapshot: false,
      policy,
    });
    expect(baseline).toMatchObject({ values: {}, knownErrors: [] });
    expect(baseline.version).toBeUndefined();
  });
});

describe('the watch of a version', () => {
  it('passes one that does as well as the one before, after the whole time', async () => {
    const { version, baseline } = await release();
    const { result } = await watch(version, baseline);
    expect(result).toMatchObject({ verdict: 'pass', minutes: 15 });
  });

  it('ends early when servers crash again and again', async () => {
    const { version, baseline } = await release();
    await stage.admin.setBehaviour(stage.placeId, { version, crashAfterMs: 20_000 });
    const { result } = await watch(version, baseline);
    expect(result.verdict).toBe('fail');
    expect(result.minutes).toBeLessThan(5);
    expect(result.summary).toContain('server crashes');
  });

  it.each([
    ['frame-rate', { frameRate: 20 }],
    ['memory', { memoryBytes: 4_000_000_000 }],
  ] as const)('fails one whose %s is worse', async (signal, behaviour) => {
    const { version, baseline } = await release();
    await stage.admin.setBehaviour(stage.placeId, { version, ...behaviour });
    const { result } = await watch(version, baseline);
    expect(result.signals.filter(({ verdict }) => verdict === 'fail')).toEqual([
      expect.objectContaining({ signal }),
    ]);
  });

  it('counts each error once, and fails at new ones only', async () => {
    const errors = (message: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        severity: 'error' as const,
        message: `${message} ${index}`,
        afterMs: index * 1000,
      }));
    await stage.admin.setBehaviour(stage.placeId, { version: 1, logs: errors('known', 5) });
    const { version, baseline } = await release();
    await stage.admin.setBehaviour(stage.placeId, {
      version,
      logs: [...errors('known', 30), ...errors('new', 4)],
    });
    const { result } = await watch(version, baseline);
    expect(result.newErrors).toEqual([expect.objectContaining({ message: 'new 0', count: 12 })]);
    expect(result).toMatchObject({ verdict: 'fail' });
  });

  it('goes on with the time that is left, and what was seen, after its worker died', async () => {
    const { version, baseline } = await release();
    const first = await watch(version, baseline);
    stage.clock.slept.length = 0;
    const later = await watch(version, baseline, first.kept.at(-1));
    expect(stage.clock.slept).toEqual([]);
    expect(later.result.verdict).toBe('pass');
    // Details of another watch, or of an older program, are not taken for this one's.
    const other = await watch(version, baseline, { startedAt: 0 });
    expect(other.result).toMatchObject({ verdict: 'pass', minutes: 15 });
  });

  it('says of what it cannot read that it is inconclusive', async () => {
    const { version, baseline } = await release();
    const withoutAnalytics = await stage.admin.createKey({
      scopes: ['universe:read', 'universe.place:read'],
    });
    const live = liveActivities(stage, {
      clientFor: () => Promise.resolve(stage.clientWith(withoutAnalytics)),
    });
    const watched = live.watchRelease({ target: targetOf(stage), version, baseline, policy: everything });
    const { verdict, signals } = await watched;
    expect(verdict).toBe('pass');
    expect(signals.find(({ signal }) => signal === 'players')).toMatchObject({
      verdict: 'inconclusive',
      summary: expect.stringContaining('players cannot be read: ') as string,
    });
  });

  it('judges by the analytics of this version, where they are significant', async () => {
    const { version, baseline } = await release();
    const rate = (value: number, status: 'Valid' | 'NotStatisticallySignificant') =>
      stage.admin.setMetric(stage.universeId, 'ClientCrashRate15m', {
        value,
        status,
        breakdown: { PlaceVersion: String(version) },
      });
    const verdictNow = async () => {
      const live = liveActivities(stage);
      const target = targetOf(stage);
      const { signals } = await live.watchRelease({ target, version, baseline, policy: everything });
      return signals.find(({ signal }) => signal === 'client-crash-rate')?.verdict;
    };
    await rate(80, 'Valid');
    expect(await verdictNow()).toBe('fail');
    await rate(80, 'NotStatisticallySignificant');
    expect(await verdictNow()).toBe('inconclusive');
    await rate(1, 'Valid');
    expect(await verdictNow()).toBe('pass');
  });

  it('that can read nothing fails in a way that is tried again', async () => {
    const { version, baseline } = await release();
    const noScope = await stage.admin.createKey({ scopes: [] });
    const blind = liveActivities(stage, { clientFor: () => Promise.resolve(stage.clientWith(noScope)) });
    const watched = blind.watchRelease({ target: targetOf(stage), version, baseline, policy });
    await expect(watched).rejects.toMatchObject({ kind: 'ServiceUnavailable' });
  });
});
