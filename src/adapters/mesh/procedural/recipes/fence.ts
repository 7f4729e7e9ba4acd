import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const fence = defineRecipe({
  name: 'fence',
  role: 'prop',
  description: 'A length of fence that has given up standing straight.',
  defaultSizeStuds: { x: 7, y: 4.5, z: 0.8 },
  parameters: {
    style: choice('What it is made of', ['picket', 'iron']),
    decay: fraction('How many pickets are missing, short or askew', 0.5),
  },
  build({ workshop, random, size, parameters }) {
    const { style, decay } = parameters;
    const iron = style === 'iron';
    const pickets = workshop.count(Math.min(24, Math.max(4, Math.round(size.x * (iron ? 1.9 : 1.35)))), 3);
    const gap = size.x / (pickets + 1);
    const rails = [0.24, 0.68].map((share, index) =>
      workshop
        .box(size.x * 0.98, iron ? 0.18 : 0.36, iron ? 0.16 : 0.2)
        .turn(0, random.around(1), random.around(2 + 3 * decay))
        .move(0, size.y * share, iron ? 0 : -0.18 - 0.02 * index),
    );
    let model = new Model().with(iron ? 'iron' : 'dark-wood', ...rails);
    for (let index = 0; index < pickets; index += 1) {
      if (random.chance(decay * 0.16)) continue;
      const height =
        size.y * random.between(0.84, 0.98) * (random.chance(decay * 0.2) ? random.between(0.45, 0.75) : 1);
      const x = (index + 1) * gap - size.x / 2;
      const [leanX, leanZ] = [random.around(1 + 3 * decay), random.around(2 + 8 * decay)];
      const picket = iron ? ironBar(height) : woodenPicket(height);
      model = model.with(
        iron ? 'iron' : random.pick(['grey-wood', 'old-wood', 'grey-wood']),
        picket.turn(leanX, random.around(4), leanZ).move(x, 0, 0.05),
      );
    }
    const post = iron
      ? workshop.block(0.34, size.y * 0.97, 0.34)
      : workshop.hull([
          ...[-0.3, 0.3].flatMap((x) =>
            [-0.27, 0.27].flatMap((z): [number, number, number][] => [
              [x, 0, z],
              [x, size.y * 0.9, z],
            ]),
          ),
          [0.05, size.y, 0],
        ]);
    return model.with(
      iron ? 'iron' : 'dark-wood',
      ...[-1, 1].map((side) =>
        post
          .turn(random.around(2), random.around(5), random.around(3 + 3 * decay))
          .move(side * (size.x / 2 - 0.3), 0, 0),
      ),
    );

    function woodenPicket(height: number) {
      const half = gap * random.between(0.32, 0.4);
      const tip = random.around(half * 0.4);
      return workshop.prism(
        [
          [-half, 0],
          [half, 0],
          [half * 0.95, height * 0.88],
          [tip, height],
          [-half * 0.95, height * random.between(0.84, 0.9)],
        ],
        0.17,
      );
    }

    function ironBar(height: number) {
      const spike = workshop.cylinder(0.17, 0.01, height * 0.13, 4).move(0, height * 0.87, 0);
      return workshop.union([workshop.cylinder(0.07, 0.07, height * 0.9, 5), spike]);
    }
  },
});
