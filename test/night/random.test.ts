import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom, randomFromState, seedOf } from '../../src/domain/random.js';

describe('the seeded generator', () => {
  it('gives the outputs of the published xoshiro128** for the state 1, 2, 3, 4', () => {
    const random = randomFromState([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('is equal for equal seeds and different for different ones', () => {
    const draw = (seed: unknown) => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    expect(draw({ a: 1, b: 'x' })).toEqual(draw({ b: 'x', a: 1 }));
    expect(draw({ a: 1 })).not.toEqual(draw({ a: 2 }));
    expect(seedOf({ a: 1 })).not.toBe(seedOf({ a: 2 }));
  });

  it('stays in its ranges, and a shuffle keeps every item', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer(), { maxLength: 40 }), (seed, items) => {
        const random = createRandom(seed);
        const drawn = random.integer(3, 7);
        expect(drawn >= 3 && drawn <= 7 && Number.isInteger(drawn)).toBe(true);
        const fraction = random.fraction();
        expect(fraction >= 0 && fraction < 1).toBe(true);
        const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
        expect(sorted(random.shuffled(items))).toEqual(sorted(items));
        if (items.length > 0) expect(items).toContain(random.pick(items));
        else expect(() => random.pick(items)).toThrow(/empty/);
      }),
    );
  });

  it('draws every face of a die about equally often', () => {
    const random = createRandom('die');
    const faces = new Map<number, number>();
    for (let throws = 0; throws < 60_000; throws++) {
      const face = random.integer(1, 6);
      faces.set(face, (faces.get(face) ?? 0) + 1);
    }
    expect([...faces.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    // Six standard deviations of a binomial distribution (√(60000 · 1/6 · 5/6) ≈ 91).
    for (const count of faces.values()) expect(Math.abs(count - 10_000)).toBeLessThan(550);
  });
});
