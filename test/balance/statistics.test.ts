import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { quantileOf, trialsFor, wilsonInterval } from '../../src/domain/balance-statistics.js';

describe("Wilson's interval", () => {
  // Table I of R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published one', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, stays within 0 … 1 and narrows with trials', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, part) => {
          const successes = part * n;
          const { low, high, share } = wilsonInterval(successes, n);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(share + 1e-12);
          expect(high).toBeGreaterThanOrEqual(share - 1e-12);
          const more = wilsonInterval(successes * 4, n * 4);
          expect(more.high - more.low).toBeLessThan(high - low);
        },
      ),
    );
  });

  it('knows nothing without trials, and refuses what is no share', () => {
    expect(wilsonInterval(0, 0)).toEqual({ share: 0, low: 0, high: 1, trials: 0 });
    expect(() => wilsonInterval(5, 4)).toThrow(RangeError);
    expect(() => wilsonInterval(Number.NaN, 4)).toThrow(RangeError);
  });

  it('is within five points after 400 nights', () => {
    expect(trialsFor(0.05)).toBeLessThanOrEqual(400);
    const { low, high } = wilsonInterval(200, 400);
    expect(high - low).toBeLessThanOrEqual(0.1);
  });
});

it('quantiles lie between the neighbours of their place', () => {
  expect(quantileOf([], 0.5)).toBe(0);
  expect(quantileOf([3, 1, 2], 0.5)).toBe(2);
  expect(quantileOf([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantileOf([10, 20], 0.1)).toBeCloseTo(11);
});
