import { hewnStone, stonePillar } from '../masonry.js';
import { Model } from '../model.js';
import { defineRecipe, fraction } from '../recipe.js';
import type { Solid } from '../workshop.js';
import { candle } from './candles.js';

export const altar = defineRecipe({
  name: 'altar',
  role: 'prop',
  description: 'A stone altar with a carved sign, a cracked slab, candles and an old book.',
  defaultSizeStuds: { x: 6, y: 4, z: 3.5 },
  parameters: {
    candles: {
      kind: 'number',
      minimum: 0,
      maximum: 7,
      default: 5,
      description: 'How many candles burn on it',
    },
    decay: fraction('How far the slab has broken', 0.5),
  },
  build({ workshop, random, size, parameters }) {
    const slabTop = size.y * 0.74;
    const slab = size.y * 0.12;
    const [width, depth] = [size.x * 0.98, size.z * 0.98];
    const bite = (name: string, side: number) => {
      const spot = random.fork(name);
      return workshop
        .ball(0.5 + spot.next() * parameters.decay, 1, 0.5 + spot.next() * 0.5, 6)
        .turn(spot.around(40), spot.around(60), 0)
        .move((side * width) / 2, slabTop, spot.around(depth * 0.5));
    };
    const crack = workshop
      .prism(
        [
          [-0.05, -1],
          [0.12, -0.4],
          [-0.02, 0.1],
          [0.1, 0.6],
          [0.05, 1],
          [0.16, 1],
          [0.24, 0.6],
          [0.1, 0.1],
          [0.22, -0.4],
          [0.04, -1],
        ],
        0.5,
      )
      .stretch(1, depth * 0.6, 1)
      .turn(90, random.around(12), 0)
      .move(width * random.around(0.2), slabTop, 0);
    const top = hewnStone(workshop, random, width, slab, depth)
      .move(0, slabTop - slab / 2, 0)
      .minus(bite('left', -1), bite('right', 1), crack);
    const body = workshop.hull(
      [0, 1].flatMap((level) =>
        [-1, 1].flatMap((x) =>
          [-1, 1].map((z): [number, number, number] => [
            x * width * (0.36 - level * 0.03),
            level ? slabTop - slab : 0.2,
            z * depth * (0.36 - level * 0.03),
          ]),
        ),
      ),
    );
    const sign = new Model().with('red-glow', ...eyeSign());
    const pillar = (x: number, z: number) =>
      stonePillar(workshop, random.fork(`pillar ${x} ${z}`), {
        width: size.x * 0.13,
        depth: size.x * 0.13,
        height: slabTop - slab,
        courses: 4,
        materials: ['stone', 'pale-stone', 'dark-stone'],
      }).move(x * width * 0.39, 0, z * depth * 0.36);

    let model = new Model()
      .with('stone', top)
      .with(
        'dark-stone',
        body,
        hewnStone(workshop, random, width * 0.96, 0.34, depth * 0.98).move(0, 0.17, 0),
      )
      .and(
        ...[-1, 1].flatMap((x) => [-1, 1].map((z) => pillar(x, z))),
        sign.move(0, slabTop * 0.5, depth * 0.345),
        book(),
      );
    for (let index = 0; index < parameters.candles; index += 1) {
      const spot = random.fork(`candle ${index}`);
      const side = index % 2 === 0 ? -1 : 1;
      model = model.and(
        candle(workshop, spot, {
          radius: spot.between(0.13, 0.2),
          height: size.y * spot.between(0.09, 0.2),
          lit: true,
        }).move(side * width * spot.between(0.26, 0.42), slabTop - 0.04, depth * spot.around(0.33)),
      );
    }
    return model;

    /** An open eye in a ring; it belongs to no belief. */
    function eyeSign(): Solid[] {
      const radius = slabTop * 0.27;
      const disc = (share: number) =>
        workshop.cylinder(radius * share, radius * share, 0.12, 14).turn(90, 0, 0);
      const ring = disc(1).minus(disc(0.86).stretch(1, 1, 4).move(0, 0, -0.2));
      if (!workshop.fine) return [ring];
      // Two discs cut each other to the shape of an eye.
      const lens = (share: number) =>
        disc(share)
          .move(0, radius * 0.42, 0)
          .within(disc(share).move(0, -radius * 0.42, 0));
      const lid = lens(0.86).minus(lens(0.74).stretch(1, 1, 4).move(0, 0, -0.2));
      const lash = workshop.box(radius * 0.08, radius * 0.26, 0.1);
      const lashes = [-28, 0, 28].map((angle) => lash.move(0, radius * 0.6, 0.06).turn(0, 0, angle));
      return [ring, lid, disc(0.2), ...lashes];
    }

    function book(): Model {
      if (!workshop.fine) return new Model();
      const page = (side: number) =>
        workshop
          .box(0.62, 0.12, 0.86)
          .turn(0, 0, side * -9)
          .move(side * 0.31, 0.16, 0);
      return new Model()
        .with('velvet', workshop.box(1.4, 0.08, 0.98).move(0, 0.04, 0))
        .with('wax', page(-1), page(1))
        .turn(0, random.around(25), 0)
        .move(random.around(0.3), slabTop - 0.02, depth * 0.08);
    }
  },
});
