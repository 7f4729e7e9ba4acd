import type { Random } from '../../random.js';
import { Model } from '../model.js';
import { choice, defineRecipe } from '../recipe.js';
import type { Workshop } from '../workshop.js';

/** One candle that stands on y = 0, with its drips, wick and flame. */
export function candle(
  workshop: Workshop,
  random: Random,
  { radius, height, lit }: { radius: number; height: number; lit: boolean },
): Model {
  const rim = height * random.between(0.94, 1);
  const shaft = workshop.lathe(
    [
      [0, 0],
      [radius * 1.25, 0],
      [radius * 1.06, height * 0.12],
      [radius * 0.96, height * 0.7],
      [radius * 1.05, rim * 0.97],
      [radius * 0.8, rim],
      [radius * 0.5, rim - radius * 0.35],
      [0, rim - radius * 0.35],
    ],
    7,
  );
  const drips = Array.from({ length: workshop.fine ? random.integer(0, 2) : 0 }, () => {
    const length = height * random.between(0.25, 0.6);
    return workshop
      .tube(
        [
          { at: [radius * 0.92, rim * 0.98, 0], radius: radius * 0.2 },
          { at: [radius * 1.02, rim - length * 0.6, 0], radius: radius * 0.17 },
          { at: [radius * 1.04, rim - length, 0], radius: radius * 0.25 },
        ],
        { sides: 4 },
      )
      .turn(0, random.between(0, 360), 0);
  });
  const flame = workshop.lathe(
    [
      [0, 0],
      [radius * 0.34, radius * 0.45],
      [radius * 0.28, radius * 0.95],
      [0, radius * 1.9],
    ],
    6,
  );
  const wick = workshop
    .cylinder(radius * 0.09, radius * 0.07, radius * 0.75, 4)
    .move(0, rim - radius * 0.4, 0);
  return new Model()
    .with('wax', shaft, ...drips)
    .with('night', wick)
    .with(
      'flame',
      ...(lit ? [flame.turn(random.around(9), 0, random.around(9)).move(0, rim - radius * 0.05, 0)] : []),
    );
}

export const candles = defineRecipe({
  name: 'candles',
  role: 'atmosphere',
  description: 'A cluster of half-burnt candles grown together, on a plate or around a skull.',
  defaultSizeStuds: { x: 2, y: 1.6, z: 2 },
  parameters: {
    count: { kind: 'number', minimum: 3, maximum: 12, default: 8, description: 'How many candles' },
    middle: choice('What they stand around', ['skull', 'nothing']),
  },
  build({ workshop, random, size, parameters }) {
    const radius = Math.min(size.x, size.z) / 2;
    const plate = workshop.lathe(
      [
        [0, 0],
        [radius * 0.8, 0],
        [radius * 0.98, 0.12],
        [radius * 0.9, 0.15],
        [radius * 0.74, 0.07],
        [0, 0.07],
      ],
      14,
    );
    let model = new Model().with('brass', plate);
    const skullRoom = parameters.middle === 'skull';
    if (skullRoom)
      model = model.and(
        skull(workshop, radius * 0.42)
          .turn(0, random.around(14), random.around(6))
          .move(0, 0.05, radius * 0.3),
      );
    const count = Math.round(parameters.count);
    for (let index = 0; index < count; index += 1) {
      const spot = random.fork(`candle ${index}`);
      // Those in front of the skull would hide it.
      const angle = skullRoom ? 75 + (index / Math.max(1, count - 1)) * 240 : (index / count) * 360;
      const out = radius * (index % 2 === 0 ? spot.between(0.5, 0.62) : spot.between(0.2, 0.42));
      const turn = ((angle + spot.around(9)) * Math.PI) / 180;
      const thick = radius * spot.between(0.13, 0.2);
      const tall = size.y * (index % 2 === 0 ? spot.between(0.26, 0.55) : spot.between(0.6, 0.82));
      const puddle = workshop.cylinder(thick * 1.9, thick * 1.2, 0.06, 8);
      const shape = candle(workshop, spot, { radius: thick, height: tall, lit: !spot.chance(0.12) }).with(
        'wax',
        puddle,
      );
      const back = skullRoom && index % 2 === 1 ? -radius * 0.34 : 0;
      model = model.and(shape.move(Math.sin(turn) * out, 0.06, Math.cos(turn) * out + back));
    }
    return model;
  },
});

/** A small skull that looks to +z. */
export function skull(workshop: Workshop, radius: number): Model {
  const head = workshop.ball(radius * 0.82, radius * 0.86, radius, 10).move(0, radius * 1.02, 0);
  const jaw = workshop.hull([
    ...[-1, 1].flatMap((x): [number, number, number][] => [
      [x * radius * 0.52, radius * 0.75, radius * 0.2],
      [x * radius * 0.42, radius * 0.1, radius * 0.42],
      [x * radius * 0.34, 0, radius * 0.88],
      [x * radius * 0.46, radius * 0.7, radius * 0.9],
    ]),
  ]);
  const socket = (x: number) =>
    workshop
      .ball(radius * 0.25, radius * 0.24, radius * 0.4, 7)
      .move(x * radius * 0.36, radius * 0.98, radius * 0.86);
  const nose = workshop
    .cylinder(radius * 0.16, 0.01, radius * 0.3, 3)
    .turn(0, 30, 0)
    .move(0, radius * 0.58, radius * 0.92);
  const gaps = [-0.2, 0, 0.2].map((x) =>
    workshop.box(radius * 0.05, radius * 0.26, radius * 0.3).move(x * radius, radius * 0.22, radius * 0.9),
  );
  return new Model()
    .with(
      'bone',
      workshop.union([head, jaw]).minus(socket(-1), socket(1), nose, ...(workshop.fine ? gaps : [])),
    )
    .with(
      'night',
      workshop.ball(radius * 0.62, radius * 0.5, radius * 0.74, 7).move(0, radius * 0.98, radius * 0.1),
    );
}
