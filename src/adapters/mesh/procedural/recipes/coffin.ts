import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

/** Half the outline of a coffin: (share of the width, share of the length), feet first. */
const outline = [
  [0.26, -0.5],
  [0.5, 0.22],
  [0.3, 0.5],
] as const;

export const coffin = defineRecipe({
  name: 'coffin',
  role: 'prop',
  description: 'A coffin whose lid has been pushed aside from within.',
  defaultSizeStuds: { x: 3, y: 2, z: 6.5 },
  parameters: {
    opening: fraction('How far the lid is pushed aside', 0.5),
    inside: choice('What is in it', ['hand', 'nothing']),
  },
  build({ workshop, random, size, parameters }) {
    const [width, length] = [size.x * 0.86, size.z * 0.97];
    const depth = size.y * 0.62;
    const wall = 0.16;
    const shape = (inset: number, height: number) =>
      workshop
        .prism(
          [
            ...outline.map(([x, z]): [number, number] => [x * (width - 2 * inset), z * (length - 2 * inset)]),
            ...[...outline]
              .reverse()
              .map(([x, z]): [number, number] => [-x * (width - 2 * inset), z * (length - 2 * inset)]),
          ],
          height,
        )
        // The head lies at the back.
        .turn(90, 0, 0)
        .move(0, height / 2, 0);
    const box = shape(0, depth).minus(shape(wall, depth).move(0, wall, 0));
    const lid = new Model()
      .with('old-wood', shape(-0.1, 0.16))
      .with('dark-wood', shape(0.22, 0.14).move(0, 0.14, 0))
      .with('brass', ...cross());
    const push = parameters.opening;
    const groove = workshop.box(width * 1.4, 0.05, length * 1.2);
    const shell = box.minus(
      groove.move(0, depth * 0.36, 0).minus(shape(0.06, depth)),
      groove.move(0, depth * 0.7, 0).minus(shape(0.06, depth)),
    );
    const handles = [-1, 1].flatMap((side) =>
      [-0.22, 0.12].map((z) =>
        workshop
          .box(0.12, 0.16, 0.8)
          .move(side * width * (0.36 + z * 0.28 + 0.09), depth * 0.55, -z * length),
      ),
    );
    return new Model()
      .with('old-wood', shell)
      .with('dark-wood', shape(-0.1, 0.2))
      .with('velvet', shape(wall + 0.02, 0.3).move(0, 0.1, 0))
      .with('brass', ...(workshop.fine ? handles : []))
      .and(
        lid
          .turn(0, -push * random.between(14, 26), 0)
          .turn(0, 0, push * random.between(7, 13))
          .move(
            -push * size.x * 0.3,
            depth + 0.02 + push * 0.16,
            -push * random.between(0.1, 0.3) * length * 0.3,
          ),
        parameters.inside === 'hand'
          ? hand()
              .turn(0, 180, 0)
              .move(width * 0.36, depth * 0.86, length * 0.06)
          : new Model(),
      );

    function cross() {
      return [
        workshop.box(0.18, 0.1, length * 0.34).move(0, 0.32, -length * 0.08),
        workshop.box(width * 0.34, 0.1, 0.18).move(0, 0.32, -length * 0.15),
      ];
    }

    /** Bones that hold on to the edge. */
    function hand(): Model {
      const bone = (from: [number, number, number], to: [number, number, number], radius: number) =>
        workshop.tube(
          [
            { at: from, radius: radius * 1.25 },
            {
              at: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2],
              radius: radius * 0.8,
            },
            { at: to, radius: radius * 1.2 },
          ],
          { sides: 5 },
        );
      const fingers = [-0.24, -0.08, 0.08, 0.24].flatMap((z) => [
        bone([0.1, 0.24, z * 0.7], [-0.22, 0.34, z], 0.055),
        bone([-0.22, 0.34, z], [-0.36, -0.1 - random.next() * 0.12, z * 1.1], 0.05),
      ]);
      return new Model().with(
        'bone',
        bone([0.6, -0.9, 0], [0.14, 0.2, 0], 0.09),
        workshop.box(0.2, 0.12, 0.44).turn(0, 0, -20).move(0.1, 0.22, 0),
        ...fingers,
      );
    }
  },
});
