import type { Random } from '../../random.js';
import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import type { Solid } from '../workshop.js';

export const rock = defineRecipe({
  name: 'rock',
  role: 'atmosphere',
  description: 'A cluster of split boulders with moss on their backs.',
  defaultSizeStuds: { x: 5, y: 3.5, z: 4.5 },
  parameters: {
    moss: fraction('How much moss has taken it', 0.5),
    boulders: { kind: 'number', minimum: 1, maximum: 5, default: 3, description: 'How many boulders' },
  },
  build({ workshop, random, size, parameters }) {
    const count = Math.round(parameters.boulders);
    let model = new Model();
    for (let index = 0; index < count; index += 1) {
      const spot = random.fork(`boulder ${index}`);
      const share = index === 0 ? 1 : spot.between(0.35, 0.6);
      const angle = ((index - 1) / Math.max(1, count - 1)) * 2 * Math.PI + spot.around(0.6);
      const out = index === 0 ? 0 : 0.62;
      const [x, z] = [Math.cos(angle) * out * size.x * 0.5, Math.sin(angle) * out * size.z * 0.5];
      const half: [number, number, number] = [
        size.x * 0.36 * share,
        size.y * 0.56 * share,
        size.z * 0.36 * share,
      ];
      const body = boulder(spot, half).move(x, half[1] * 0.72, z);
      model = model.with(spot.pick(['stone', 'dark-stone', 'stone']), body);
      if (spot.chance(parameters.moss * 1.6)) {
        // Moss grows on what looks up: a copy that is a little bigger, cut off below.
        const cover = body.move(0, half[1] * 0.07, 0).within(
          workshop
            .ball(half[0] * 0.86, half[1] * 0.8, half[2] * 0.86, 9)
            .turn(0, 0, spot.around(24))
            .move(
              x + spot.around(half[0] * 0.5),
              half[1] * (1.72 - 0.35 * parameters.moss),
              z + spot.around(half[2] * 0.5),
            ),
        );
        model = model.with('moss', cover);
      }
    }
    const floor = workshop.box(size.x * 4, size.y * 4, size.z * 4).move(0, -size.y * 2, 0);
    return model.minus(floor);

    /** The hull of points on an ellipsoid is faceted as split stone is. */
    function boulder(spot: Random, half: readonly [number, number, number]): Solid {
      const points = Array.from({ length: workshop.count(30, 9) }, (_, index): [number, number, number] => {
        // Points of a Fibonacci sphere cover it evenly; the noise breaks the pattern.
        const total = workshop.count(30, 9);
        const y = 1 - (2 * (index + 0.5)) / total;
        const ring = Math.sqrt(1 - y * y);
        const turn = index * Math.PI * (3 - Math.sqrt(5)) + spot.around(0.35);
        const bulk = spot.between(0.8, 1.08);
        return [
          Math.cos(turn) * ring * half[0] * bulk,
          y * half[1] * bulk,
          Math.sin(turn) * ring * half[2] * bulk,
        ];
      });
      return workshop.hull(points).turn(spot.around(14), spot.between(0, 360), spot.around(14));
    }
  },
});
