import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  difficultyOf,
  difficultyRange,
  isBreather,
  trendIntensity,
  unlockNight,
} from '../../src/domain/difficulty.js';
import { enemyKinds, type Difficulty } from '../../src/domain/night.js';
import { anyNight, anySettings, audiences, curves, season } from './seasons.js';

const rising = [
  'intensity',
  'enemyCount',
  'enemySpeed',
  'sightRange',
  'hearingRange',
  'objectiveCount',
  'durationSeconds',
  'lootCount',
] as const satisfies (keyof Difficulty)[];
const falling = ['light', 'safeSeconds', 'targetSurvivalRate'] as const satisfies (keyof Difficulty)[];

/** `harder` is at least as hard as `easier` in every number. */
function expectAtLeastAsHard(harder: Difficulty, easier: Difficulty) {
  for (const quantity of rising) expect(harder[quantity], quantity).toBeGreaterThanOrEqual(easier[quantity]);
  for (const quantity of falling) expect(harder[quantity], quantity).toBeLessThanOrEqual(easier[quantity]);
  expect(harder.enemyKinds).toEqual(expect.arrayContaining(easier.enemyKinds));
}

describe('the difficulty curve', () => {
  it('stays within its published ranges on every night, curve and audience', () => {
    fc.assert(
      fc.property(anyNight, anySettings, (night, settings) => {
        const difficulty = difficultyOf(night, settings);
        expect(difficulty.intensity).toBeGreaterThanOrEqual(0);
        expect(difficulty.intensity).toBeLessThanOrEqual(1);
        for (const [quantity, [easiest, hardest]] of Object.entries(difficultyRange)) {
          const value = difficulty[quantity as keyof typeof difficultyRange];
          expect(value, quantity).toBeGreaterThanOrEqual(Math.min(easiest, hardest));
          expect(value, quantity).toBeLessThanOrEqual(Math.max(easiest, hardest));
        }
        expect(difficulty.enemyKinds[0]).toBe('shambler');
        expect(difficulty.enemyCount).toBeGreaterThanOrEqual(difficulty.enemyKinds.length);
        expect(difficulty.hearingRange).toBeLessThan(difficulty.sightRange);
        expect(difficultyOf(night, settings)).toEqual(difficulty);
      }),
      { numRuns: 2000 },
    );
  });

  it('gets harder from night to night, breathers aside', () => {
    fc.assert(
      fc.property(anyNight, anyNight, anySettings, (one, other, settings) => {
        const [earlier, later] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(!isBreather(earlier, settings) && !isBreather(later, settings));
        expectAtLeastAsHard(difficultyOf(later, settings), difficultyOf(earlier, settings));
      }),
      { numRuns: 1000 },
    );
  });

  it('gets harder from curve to curve and from label to label', () => {
    for (const night of [1, 2, 3, 5, 8, 13, 20, 47, 100, 1000]) {
      for (const audience of audiences) {
        const [gentle, standard, brutal] = curves.map((curve) =>
          difficultyOf(night, season({ curve, audience })),
        );
        expectAtLeastAsHard(standard!, gentle!);
        expectAtLeastAsHard(brutal!, standard!);
      }
      for (const curve of curves) {
        const byLabel = audiences.map((audience) => difficultyOf(night, season({ curve, audience })));
        byLabel.slice(1).forEach((harder, index) => expectAtLeastAsHard(harder, byLabel[index]!));
      }
    }
  });

  it('gives a breather every fifth night, easier than the night before and never poorer in loot', () => {
    for (const curve of curves) {
      for (let night = 5; night <= 1000; night += 5) {
        const settings = season({ curve });
        const [before, breather] = [difficultyOf(night - 1, settings), difficultyOf(night, settings)];
        expect(breather.breather).toBe(true);
        expect(before.breather).toBe(false);
        expect(breather.intensity).toBeLessThan(before.intensity);
        expect(breather.enemySpeed).toBeLessThan(before.enemySpeed);
        expect(breather.targetSurvivalRate).toBeGreaterThan(before.targetSurvivalRate);
        expect(breather.lootCount).toBeGreaterThanOrEqual(before.lootCount);
        expect(breather.enemyKinds).toEqual(expect.arrayContaining(before.enemyKinds));
      }
    }
  });

  it('has no cliffs: a night is never more than a fifth of the scale above the one before', () => {
    for (const curve of curves) {
      const settings = season({ curve, audience: 'restricted' });
      for (let night = 2; night <= 1000; night++) {
        const step = trendIntensity(night, settings) - trendIntensity(night - 1, settings);
        expect(step).toBeGreaterThanOrEqual(0);
        expect(step).toBeLessThanOrEqual(0.2);
      }
    }
  });

  it('keeps every enemy slower than a walking player, with room for a faster kind', () => {
    expect(Math.max(...difficultyRange.enemySpeed) * 1.1).toBeLessThan(16);
  });

  it('starts where the season starts', () => {
    const late = season({ firstNight: 21 });
    expect(difficultyOf(21, late)).toEqual({ ...difficultyOf(1, season()), night: 21 });
    expect(difficultyOf(30, late)).toEqual({ ...difficultyOf(10, season()), night: 30 });
    expect(difficultyOf(3, late)).toEqual({ ...difficultyOf(1, season()), night: 3 });
  });

  it('unlocks one kind after the other, and keeps sudden frights from the label Minimal', () => {
    for (const curve of curves) {
      const nights = enemyKinds.map((kind) => unlockNight(kind, season({ curve }))!);
      expect(new Set(nights).size).toBe(enemyKinds.length);
      expect([...nights].sort((a, b) => a - b)).toEqual(nights);
      expect(difficultyOf(1000, season({ curve, audience: 'minimal' })).enemyKinds).toEqual([
        'shambler',
        'stalker',
        'brute',
      ]);
    }
    expect(difficultyOf(2, season()).enemyKinds).not.toContain('stalker');
    expect(difficultyOf(3, season()).enemyKinds).toContain('stalker');
  });
});
