import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { freeParameters } from '../../src/domain/balance.js';
import { boundsOf, parametersAt, tune, withParameters } from '../../src/domain/balance-tuning.js';
import { designNight } from '../../src/domain/night-design.js';
import { mapProblems } from '../../src/domain/night-proof.js';
import { season } from '../night/seasons.js';

const design = designNight({ project: 'demo', night: 8, season: season() });
const hardness = fc.double({ min: -1, max: 1, noNaN: true });

describe('the free parameters', () => {
  it('stay within their bounds, for every night of every season', () => {
    const nights = fc.record({
      night: fc.integer({ min: 1, max: 60 }),
      curve: fc.constantFrom('gentle' as const, 'standard' as const, 'brutal' as const),
      audience: fc.constantFrom('minimal' as const, 'mild' as const, 'restricted' as const),
    });
    fc.assert(
      fc.property(nights, hardness, ({ night, ...settings }, level) => {
        const own = designNight({ project: 'demo', night, season: season(settings) }).difficulty;
        const parameters = parametersAt(level, own);
        for (const name of freeParameters) {
          const [easiest, hardest] = boundsOf(name, own);
          expect(parameters[name]).toBeGreaterThanOrEqual(Math.min(easiest, hardest));
          expect(parameters[name]).toBeLessThanOrEqual(Math.max(easiest, hardest));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are those of the design at 0, and never easier where they should be harder', () => {
    expect(withParameters(design, parametersAt(0, design.difficulty))).toEqual(design);
    fc.assert(
      fc.property(hardness, hardness, (one, other) => {
        const easier = parametersAt(Math.min(one, other), design.difficulty);
        const harder = parametersAt(Math.max(one, other), design.difficulty);
        for (const name of ['enemyCount', 'enemySpeed', 'sightRange', 'hearingRange'] as const)
          expect(easier[name]).toBeLessThanOrEqual(harder[name]);
        for (const name of ['light', 'safeSeconds'] as const)
          expect(easier[name]).toBeGreaterThanOrEqual(harder[name]);
      }),
    );
  });

  it('leave a map that is still proved', () => {
    for (const level of [-1, -0.5, 0.7, 1]) {
      const tuned = withParameters(design, parametersAt(level, design.difficulty));
      expect(mapProblems(tuned.map, tuned.difficulty, tuned.assets)).toEqual([]);
    }
  });
});

describe('the search', () => {
  /** A night whose survivors become fewer in a straight line with the enemies' speed. */
  const playedAs = (survivalOfSpeed: (speed: number) => number) => {
    const tries: number[] = [];
    return {
      tries,
      survivalAt: (one: typeof design) => {
        tries.push(one.difficulty.enemySpeed);
        return Promise.resolve({ survival: survivalOfSpeed(one.difficulty.enemySpeed), nights: 100 });
      },
    };
  };
  const clamp = (value: number) => Math.max(0, Math.min(1, value));

  it('leaves alone what is near enough, after one try', async () => {
    const night = playedAs(() => 0.7);
    const result = await tune(design, { target: 0.68, near: 0.03, leave: 0.05, ...night });
    expect(result).toMatchObject({ end: 'near', design });
    expect(result.steps).toHaveLength(1);
  });

  it('finds any target that its bounds hold, in at most nine tries, and keeps each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.05, max: 0.95, noNaN: true }), async (target) => {
        const [easiest, hardest] = boundsOf('enemySpeed', design.difficulty);
        const night = playedAs((speed) => clamp(1 - (speed - easiest) / (hardest - easiest)));
        const result = await tune(design, { target, near: 0.03, leave: 0.05, ...night });
        const found = 1 - (result.design.difficulty.enemySpeed - easiest) / (hardest - easiest);
        expect(Math.abs(found - target)).toBeLessThanOrEqual(0.05);
        expect(result.steps).toHaveLength(night.tries.length);
        expect(night.tries.length).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('says which end of the bounds is not enough', async () => {
    const hard = await tune(design, { target: 0.7, near: 0.03, leave: 0.05, ...playedAs(() => 0.1) });
    expect(hard.end).toBe('too-hard');
    expect(hard.design.difficulty.enemySpeed).toBe(boundsOf('enemySpeed', design.difficulty)[0]);
    const easy = await tune(design, { target: 0.7, near: 0.03, leave: 0.05, ...playedAs(() => 1) });
    expect(easy.end).toBe('too-easy');
    expect(easy.steps.map((step) => step.hardness)).toEqual([0, 1]);
  });
});
