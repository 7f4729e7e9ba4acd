import { describe, expect, it } from 'vitest';

import { holdGeometryKernel } from '../../src/adapters/mesh/geometry-kernel.js';
import { inWorkshop, type Solid } from '../../src/adapters/mesh/procedural/workshop.js';

describe('the geometry kernel', () => {
  it('is loaded once, and anew after it was discarded', async () => {
    const holder = holdGeometryKernel();
    const [first, second] = await Promise.all([holder.load(), holder.load()]);
    expect(second).toBe(first);
    holder.discard();
    expect(await holder.load()).not.toBe(first);
  });

  it('frees the solids of a workshop when it closes', async () => {
    const kernel = await holdGeometryKernel().load();
    const kept: Solid[] = [];
    const volume = inWorkshop(kernel, 1, (workshop) => {
      const box = workshop.box(2, 2, 2);
      kept.push(box, box.move(1, 0, 0));
      return box.minus(workshop.ball(0.5)).manifold.volume();
    });
    expect(volume).toBeGreaterThan(7);
    for (const solid of kept) expect(() => solid.manifold.volume()).toThrow(/deleted/);
  });

  it('makes closed tubes that turn outwards, whatever way they run', async () => {
    const kernel = await holdGeometryKernel().load();
    inWorkshop(kernel, 1, (workshop) => {
      for (const end of [
        [0, 3, 0],
        [0, -3, 0],
        [3, 0, 0],
        [-3, 0, 0],
        [0, 0, 3],
        [1, -2, -2],
      ] as const) {
        const tube = workshop.tube(
          [
            { at: [0, 0, 0], radius: 0.5 },
            { at: end, radius: 0.3 },
          ],
          { sides: 8 },
        );
        expect(tube.manifold.status()).toBe('NoError');
        expect(tube.manifold.volume()).toBeGreaterThan(1);
      }
    });
  });
});
