import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fingerprintOf, normalizeError } from '../../src/domain/error-fingerprint.js';
import { poissonTail } from '../../src/domain/poisson.js';
import { isBlind, isCrashLoop, judge } from '../../src/domain/watch-rules.js';
import {
  settingsOfSignal,
  watchPolicySchema,
  watchSignals,
  type WatchBaseline,
  type WatchSamples,
  type WatchSignal,
} from '../../src/domain/watch.js';

const policy = watchPolicySchema.parse({});
const mebibyte = 2 ** 20;

const before: WatchBaseline = {
  measuredAt: '2026-01-01T00:00:00.000Z',
  version: 6,
  values: {
    'server-crashes': { value: 0.1, samples: 600 },
    'client-crash-rate': { value: 4, samples: 60 },
    'frame-rate': { value: 60, samples: 20 },
    memory: { value: 1000 * mebibyte, samples: 20 },
    errors: { value: 3, samples: 600 },
    players: { value: 100, samples: 60 },
  },
  knownErrors: ['known'],
};

const healthy: WatchSamples = {
  minutes: 15,
  signals: {
    'server-crashes': { value: 0, samples: 150 },
    'client-crash-rate': { value: 4, samples: 10 },
    'frame-rate': { value: 59, samples: 30 },
    memory: { value: 1100 * mebibyte, samples: 30 },
    errors: { value: 40, samples: 150 },
    players: { value: 95, samples: 10 },
  },
  errors: [{ fingerprint: 'known', message: 'an old acquaintance', count: 40 }],
};

const withSignal = (signal: WatchSignal, seen: WatchSamples['signals'][WatchSignal]): WatchSamples => ({
  ...healthy,
  signals: { ...healthy.signals, ...(seen === undefined ? {} : { [signal]: seen }) },
});

const verdictOf = (signal: WatchSignal, samples: WatchSamples, baseline = before) =>
  judge(samples, baseline, policy).signals.find((report) => report.signal === signal)?.verdict;

describe('a watch', () => {
  it('passes a version that does as well as the one before', () => {
    const report = judge(healthy, before, policy);
    expect(report.signals.map(({ verdict }) => verdict)).toEqual(watchSignals.map(() => 'pass'));
    expect(report).toMatchObject({ verdict: 'pass', minutes: 15, newErrors: [] });
  });

  it.each([
    ['server-crashes', { value: 12, samples: 30 }, 'fail'],
    ['server-crashes', { value: 1, samples: 180 }, 'inconclusive'], // 3 where 1.5 are accepted: may be chance
    ['server-crashes', { value: 60, samples: 2 }, 'inconclusive'], // 2 crashes are not enough to say so
    ['server-crashes', { value: 90, samples: 2 }, 'fail'], // 3 in two minutes are
    ['server-crashes', { value: 0, samples: 2 }, 'inconclusive'],
    ['client-crash-rate', { value: 5.9, samples: 10 }, 'pass'],
    ['client-crash-rate', { value: 6.1, samples: 10 }, 'fail'],
    ['client-crash-rate', { value: 60, samples: 2 }, 'inconclusive'],
    ['client-crash-rate', { value: 60, samples: 10, notSignificant: true }, 'inconclusive'],
    ['frame-rate', { value: 48, samples: 30 }, 'pass'],
    ['frame-rate', { value: 47, samples: 30 }, 'fail'],
    ['frame-rate', { value: 10, samples: 2 }, 'inconclusive'],
    ['memory', { value: 1300 * mebibyte, samples: 30 }, 'pass'],
    ['memory', { value: 1301 * mebibyte, samples: 30 }, 'fail'],
    ['players', { value: 60, samples: 10 }, 'pass'],
    ['players', { value: 59, samples: 10 }, 'fail'],
    ['players', { unreadable: 'the key lacks a scope' }, 'inconclusive'],
    ['errors', { unreadable: 'the logs are closed' }, 'inconclusive'],
  ] as const)('says of %s at %o: %s', (signal, seen, verdict) => {
    expect(verdictOf(signal, withSignal(signal, seen))).toBe(verdict);
  });

  it('holds the absolute limits where nothing is known of before', () => {
    const nothing: WatchBaseline = { measuredAt: before.measuredAt, values: {}, knownErrors: [] };
    expect(verdictOf('frame-rate', withSignal('frame-rate', { value: 19, samples: 30 }), nothing)).toBe(
      'fail',
    );
    expect(verdictOf('memory', withSignal('memory', { value: 5501 * mebibyte, samples: 30 }), nothing)).toBe(
      'fail',
    );
    expect(verdictOf('frame-rate', healthy, nothing)).toBe('pass');
    expect(verdictOf('players', healthy, nothing)).toBe('inconclusive');
  });

  it('fails at a new error that is frequent, and never at one that was there before', () => {
    const error = (count: number) => ({ fingerprint: 'news', message: 'attempt to index nil', count });
    const seen = (count: number): WatchSamples => ({ ...healthy, errors: [...healthy.errors, error(count)] });
    expect(verdictOf('errors', seen(9))).toBe('pass');
    expect(judge(seen(10), before, policy)).toMatchObject({ verdict: 'fail', newErrors: [error(10)] });
    const unread: WatchBaseline = { ...before, values: {}, knownErrors: [] };
    expect(verdictOf('errors', seen(10), unread)).toBe('inconclusive');
    const first: WatchBaseline = { measuredAt: before.measuredAt, values: {}, knownErrors: [] };
    expect(verdictOf('errors', seen(10), first)).toBe('fail');
  });

  it('is inconclusive where a required signal is, and not where another one is', () => {
    const hidden = { unreadable: 'no scope' };
    expect(judge(withSignal('players', hidden), before, policy).verdict).toBe('pass');
    expect(judge(withSignal('memory', hidden), before, policy).verdict).toBe('inconclusive');
    const lenient = watchPolicySchema.parse({ signals: { memory: { required: false } } });
    expect(judge(withSignal('memory', hidden), before, lenient).verdict).toBe('pass');
    const off = watchPolicySchema.parse({ signals: { memory: { enabled: false } } });
    expect(judge(withSignal('memory', hidden), before, off).signals).toHaveLength(watchSignals.length - 1);
  });

  it('that saw nothing is never a pass', () => {
    const blind: WatchSamples = {
      minutes: 15,
      signals: Object.fromEntries(watchSignals.map((signal) => [signal, { unreadable: 'down' }])),
      errors: [],
    };
    expect(isBlind(blind, policy)).toBe(true);
    expect(isBlind(withSignal('memory', { unreadable: 'down' }), policy)).toBe(false);
    expect(judge({ minutes: 0, signals: {}, errors: [] }, before, policy).verdict).toBe('inconclusive');
    const signals = Object.fromEntries(
      watchSignals.map((signal) => [settingsOfSignal[signal], { enabled: false }]),
    );
    expect(judge(healthy, before, watchPolicySchema.parse({ signals })).verdict).toBe('inconclusive');
  });

  it('ends early for crashes alone', () => {
    const crashing = withSignal('server-crashes', { value: 90, samples: 2 });
    expect(isCrashLoop(judge(crashing, before, policy))).toBe(true);
    const slow = withSignal('frame-rate', { value: 5, samples: 30 });
    expect(judge(slow, before, policy).verdict).toBe('fail');
    expect(isCrashLoop(judge(slow, before, policy))).toBe(false);
  });

  const figure = fc.double({ min: 0, max: 1e10, noNaN: true });
  const measured = fc.record({ value: figure, samples: fc.integer({ min: 0, max: 10_000 }) });
  const reading = fc.option(fc.oneof(measured, fc.record({ unreadable: fc.string() })), { nil: undefined });
  const anySamples = fc
    .record({
      minutes: fc.integer({ min: 0, max: 1440 }),
      readings: fc.tuple(...watchSignals.map(() => reading)),
      errors: fc.array(
        fc.record({ fingerprint: fc.string(), message: fc.string(), count: fc.integer({ min: 1, max: 99 }) }),
      ),
    })
    .map(({ minutes, readings, errors }): WatchSamples => ({
      minutes,
      signals: Object.fromEntries(
        watchSignals.flatMap((signal, index) =>
          readings[index] === undefined ? [] : [[signal, readings[index]]],
        ),
      ),
      errors,
    }));

  it('fails exactly when a signal does, and passes only when every required one does', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const { verdict, signals, newErrors } = judge(samples, before, policy);
        expect(verdict === 'fail').toBe(signals.some((signal) => signal.verdict === 'fail'));
        for (const signal of signals) {
          const { required } = policy.signals[settingsOfSignal[signal.signal]];
          if (verdict === 'pass' && required) expect(signal.verdict).toBe('pass');
        }
        expect(newErrors.length).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('never turns from fail to anything else because more servers crashed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 50 }),
        (value, samples, more) => {
          const verdictAt = (rate: number) =>
            verdictOf('server-crashes', withSignal('server-crashes', { value: rate, samples }));
          if (verdictAt(value) === 'fail') expect(verdictAt(value + more)).toBe('fail');
        },
      ),
    );
  });
});

describe('the chance of that many crashes', () => {
  it.each([
    [0, 3, 1],
    [1, 0, 0],
    [1, 1, 1 - Math.exp(-1)],
    [3, 0.5, 1 - Math.exp(-0.5) * (1 + 0.5 + 0.125)],
    [1000, 2000, 1],
    [2200, 2000, 6e-6],
  ])('P(N ≥ %d) with the mean %d is %d', (count, mean, expected) => {
    expect(poissonTail(count, mean)).toBeCloseTo(expected, 5);
  });
});

describe('a fingerprint', () => {
  const same = (...messages: string[]) => new Set(messages.map((message) => fingerprintOf({ message }))).size;

  it.each([
    ['numbers', 'wave 3 took 12.5 s', 'wave 14 took 0.25 s'],
    ['line numbers', 'Main:12: boom', 'Main:480: boom'],
    ['quoted names', 'no item "lamp"', 'no item "rope"'],
    [
      'ids',
      'job 0b6f1c2e-1111-4222-8333-abcdefabcdef ended',
      'job 9a6f1c2e-2222-4333-8444-bcdefabcdefa ended',
    ],
    ['addresses in memory', 'table: 0x7ffe12', 'table: 0xdeadbeef'],
    ['web addresses', 'GET https://a.example/x?y=1 failed', 'GET https://b.example failed'],
    ['player names', 'Players.Ann.Backpack is missing', 'Players.bob_1.Backpack is missing'],
  ])('does not see %s', (_, one, other) => {
    expect(same(one, other)).toBe(1);
  });

  it('tells errors, and places in the code, apart', () => {
    expect(same('attempt to index nil', 'attempt to call nil', "can't do that, and don't try")).toBe(3);
    const at = (stackTrace: string) => fingerprintOf({ message: 'boom', stackTrace });
    expect(at('Script A, Line 3 - function open')).toBe(at('Script A, Line 9 - function open\n'));
    expect(at('Script A, Line 3 - function open')).not.toBe(at('Script A, Line 3 - function close'));
    expect(at('a\nb\nc\nd')).toBe(at('a\nb\nc\nother caller'));
  });

  it('is of what is left when everything variable is gone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(normalizeError(normalizeError(text))).toBe(normalizeError(text));
      }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        expect(same(`took ${String(one)} ms`, `took ${String(other)} ms`)).toBe(1);
      }),
    );
  });
});
