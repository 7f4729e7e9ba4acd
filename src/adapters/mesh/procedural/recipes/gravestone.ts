import { hewnStone, standingCross } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import type { Solid } from '../workshop.js';

export const gravestone = defineRecipe({
  name: 'gravestone',
  role: 'prop',
  description: 'A weathered gravestone sunk askew into its plinth, with moss and a name worn to lines.',
  defaultSizeStuds: { x: 3, y: 4.5, z: 1.2 },
  parameters: {
    style: choice('Its shape; any: the seed decides', ['any', 'round', 'gothic', 'cross', 'broken']),
    moss: fraction('How much moss has taken it', 0.5),
  },
  build({ workshop, random, size, parameters }) {
    const style =
      parameters.style === 'any'
        ? random.pick(['round', 'gothic', 'cross', 'broken'] as const)
        : parameters.style;
    const plinth = size.y * 0.13;
    const [width, height, depth] = [size.x * 0.78, size.y * 0.86, size.z * 0.5];
    const lean: [number, number] = [random.between(-5, 3), random.around(5)];
    const stone = slab();
    let model = new Model().with('stone', style === 'cross' ? stone : stone.minus(...inscription()));
    model = model.turn(lean[0], random.around(5), lean[1]).move(0, plinth * 0.7, 0);
    model = model.with(
      'dark-stone',
      hewnStone(workshop, random, size.x * 0.98, plinth, size.z * 0.98).move(0, plinth / 2, 0),
      hewnStone(workshop, random, size.x * 0.86, plinth * 0.6, size.z * 0.8).move(0, plinth * 1.2, 0),
    );
    for (let patch = 0; patch < Math.round(7 * parameters.moss); patch += 1) {
      const spot = random.fork(`moss ${patch}`);
      const low = patch % 3 !== 0;
      const clump = workshop.ball(
        spot.between(0.22, 0.5),
        spot.between(0.1, 0.26),
        spot.between(0.2, 0.34),
        6,
      );
      model = model.with(
        'moss',
        low
          ? clump.move(
              spot.around(size.x * 0.4),
              plinth * spot.between(1.3, 1.6),
              depth * spot.between(0.3, 0.9),
            )
          : clump
              .stretch(0.7, 1, 0.5)
              .move(
                (spot.chance(0.5) ? 1 : -1) * width * spot.between(0.36, 0.48),
                plinth + height * spot.between(0.08, 0.6),
                depth * 0.4,
              ),
      );
    }
    return model;

    function slab(): Solid {
      const steps = workshop.count(7, 2);
      const half = width / 2;
      const shoulder = height - half;
      switch (style) {
        case 'round': {
          const arc = Array.from({ length: steps + 1 }, (_, step): [number, number] => {
            const angle = (step / steps) * Math.PI;
            return [Math.cos(angle) * half, shoulder + Math.sin(angle) * half];
          });
          return workshop.prism([[-half, 0], [half, 0], ...arc], depth);
        }
        case 'gothic':
          return workshop.prism(
            [
              [-half, 0],
              [half, 0],
              [half, height * 0.7],
              [half * 0.82, height * 0.73],
              [half * 0.66, height * 0.86],
              [0, height],
              [-half * 0.66, height * 0.86],
              [-half * 0.82, height * 0.73],
              [-half, height * 0.7],
            ],
            depth,
          );
        case 'cross':
          return workshop.union([
            standingCross(workshop, height, width * 0.24).stretch(1.15, 1, 0.9),
            workshop
              .cylinder(width * 0.3, width * 0.3, depth * 0.7, 12)
              .minus(workshop.cylinder(width * 0.2, width * 0.2, depth * 3, 12).move(0, -depth, 0))
              .turn(90, 0, 0)
              .move(0, height * 0.68, -depth * 0.35),
            workshop.block(width * 0.56, height * 0.2, depth * 1.1),
          ]);
        case 'broken':
          return workshop.prism(
            [
              [-half, 0],
              [half, 0],
              [half, height * random.between(0.5, 0.62)],
              [half * 0.5, height * random.between(0.62, 0.7)],
              [half * 0.2, height * random.between(0.66, 0.72)],
              [-half * 0.2, height * random.between(0.82, 0.88)],
              [-half * 0.6, height * random.between(0.93, 1)],
              [-half, height * random.between(0.88, 0.94)],
            ],
            depth,
          );
      }
    }

    /** Lines of a name that nobody can read any more, and a small cross above them. */
    function inscription(): Solid[] {
      if (!workshop.fine) return [];
      const front = depth / 2;
      const cut = (w: number, h: number, at: number, x = 0) =>
        workshop.box(w, h, 0.14).move(x, height * at, front);
      const lines = [0.46, 0.38, 0.3].map((at) =>
        cut(width * random.between(0.4, 0.66), height * 0.026, at, random.around(width * 0.05)),
      );
      return style === 'broken'
        ? lines
        : [...lines, cut(width * 0.07, height * 0.18, 0.66), cut(width * 0.25, height * 0.035, 0.7)];
    }
  },
});
