import { pitched, roofSlope } from '../carpentry.js';
import { stoneRing } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const well = defineRecipe({
  name: 'well',
  role: 'prop',
  description: 'A stone well with a winch, a bucket and a small roof; something may glow at its bottom.',
  defaultSizeStuds: { x: 6, y: 8, z: 6 },
  parameters: {
    decay: fraction('How many roof boards are missing', 0.5),
    depths: choice('What is to be seen when one looks in', ['dark', 'glow']),
  },
  build({ workshop, random, size, parameters }) {
    const { decay } = parameters;
    const radius = Math.min(size.x, size.z) * 0.37;
    const wall = size.y * 0.3;
    const top = size.y * 0.74;
    const axle = size.y * 0.56;
    const postX = radius * 1.02;
    const pitch = 42;
    const run = (size.z * 0.46) / Math.cos((pitch * Math.PI) / 180);

    const ring = stoneRing(workshop, random.fork('ring'), {
      radius,
      thickness: radius * 0.32,
      height: wall,
      courses: 3,
      stones: 10,
      materials: ['stone', 'dark-stone', 'pale-stone', 'stone'],
    }).stretch(size.x / Math.min(size.x, size.z), 1, size.z / Math.min(size.x, size.z));
    const post = workshop.block(0.5, top, 0.5);
    const posts = [-1, 1].map((x) =>
      post
        .turn(0, random.around(4), random.around(2))
        .move(x * postX * (size.x / Math.min(size.x, size.z)), 0, 0),
    );
    const reach = postX * (size.x / Math.min(size.x, size.z));
    const drum = workshop
      .cylinder(0.32, 0.32, reach * 1.1, 8)
      .turn(0, 0, 90)
      .move(reach * 0.55, axle, 0);
    const spindle = workshop
      .cylinder(0.12, 0.12, reach * 2.7, 6)
      .turn(0, 0, 90)
      .move(reach * 1.35, axle, 0);
    const crank = [
      workshop.box(0.2, 0.9, 0.2).move(reach * 1.3, axle - 0.35, 0),
      workshop
        .cylinder(0.1, 0.1, 0.7, 6)
        .turn(0, 0, -90)
        .move(reach * 1.28, axle - 0.75, 0),
    ];
    const coils = Array.from({ length: workshop.count(2, 1) }, (_, index) =>
      workshop
        .cylinder(0.42, 0.42, 0.14, 8)
        .turn(0, 0, 90)
        .move(-0.2 + index * 0.3, axle, 0),
    );
    const hanging = wall + size.y * 0.06;
    const rope = workshop.cylinder(0.06, 0.06, axle - hanging - 0.5, 5).move(0.1, hanging + 0.6, 0.36);
    const pail = workshop
      .lathe(
        [
          [0, 0],
          [0.42, 0],
          [0.56, 0.8],
          [0.46, 0.8],
          [0.36, 0.12],
          [0, 0.12],
        ],
        9,
      )
      .turn(random.around(8), 0, random.around(12))
      .move(0.1, hanging - 0.1, 0.36);
    const slope = (name: string) =>
      pitched(
        roofSlope(workshop, random.fork(name), {
          width: reach * 2.6,
          run,
          rows: 3,
          columns: 5,
          thickness: 0.17,
          materials: ['grey-wood', 'old-wood', 'dark-wood', 'grey-wood'],
          decay,
        }),
        pitch,
        size.z * 0.46,
        top - size.z * 0.46 * Math.tan((pitch * Math.PI) / 180) + size.y * 0.21,
      );
    return new Model()
      .with('dark-wood', ...posts, workshop.box(reach * 2.5, 0.36, 0.36).move(0, size.y * 0.93, 0), drum)
      .with(
        'dark-wood',
        ...[-1, 1].flatMap((x) =>
          [-1, 1].map((z) =>
            workshop
              .box(0.3, 0.3, size.z * 0.52)
              .turn(z * pitch, 0, 0)
              .move(x * reach, size.y * 0.93 - size.z * 0.2, z * size.z * 0.2),
          ),
        ),
      )
      .with('iron', spindle, ...crank)
      .with('rope', ...coils, rope)
      .with('old-wood', pail)
      .with(
        parameters.depths === 'glow' ? 'green-glow' : 'night',
        workshop
          .cylinder(radius * 0.98, radius * 0.98, wall * 0.5, 12)
          .stretch(size.x / Math.min(size.x, size.z), 1, size.z / Math.min(size.x, size.z)),
      )
      .and(ring, slope('front'), slope('back').turn(0, 180, 0))
      .crooked(
        [random.around(0.35) * (0.4 + decay), random.around(0.3) * decay],
        random.around(5) * decay,
        size.y,
      );
  },
});
