import { pitched, plankDoor, roofSlope } from '../carpentry.js';
import { hewnStone, pointedArch, standingCross, stoneFacing } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';
import type { Workshop } from '../workshop.js';

export const chapel = defineRecipe({
  name: 'chapel',
  role: 'building',
  description: 'A narrow stone chapel with buttresses, lancet windows and a bell tower with a bent spire.',
  defaultSizeStuds: { x: 17, y: 22, z: 21 },
  parameters: {
    decay: fraction('How much of the roof is gone, and how far the tower leans', 0.5),
    windows: choice('What shows in the windows', ['lit', 'dark']),
  },
  build({ workshop, random, size, parameters }) {
    const { decay } = parameters;
    const lit = parameters.windows === 'lit';
    const [width, depth] = [size.x * 0.66, size.z * 0.72];
    const tower = { width: size.x * 0.36, height: size.y * 0.58 };
    const [wall, rise] = [size.y * 0.32, size.y * 0.25];
    const back = -size.z * 0.08;
    const front = back + depth / 2;
    const pitch = (Math.atan2(rise, width / 2) * 180) / Math.PI;
    const slopeLength = Math.hypot(rise, width / 2) + 1.1;

    const nave = new Model()
      .with('dark-stone', workshop.block(width + 0.9, size.y * 0.03, depth + 0.9))
      .with('stone', workshop.block(width, wall, depth))
      .with(
        'stone',
        workshop
          .prism(
            [
              [-width / 2, 0],
              [width / 2, 0],
              [0, rise],
            ],
            depth,
          )
          .move(0, wall - 0.02, 0),
      );

    const bays = [-0.3, 0, 0.3].map((share) => share * depth);
    const lancets = bays.map((x) =>
      lancet(workshop, 1.3, wall * 0.66, lit && random.chance(0.8)).move(x, wall * 0.2, 0),
    );
    const buttress = workshop
      .prism(
        [
          [0, 0],
          [1.5, 0],
          [1.2, wall * 0.55],
          [0, wall * 0.95],
        ],
        0.9,
      )
      .turn(0, -90, 0);
    const buttresses = [-0.46, -0.15, 0.15, 0.46].map((share) => buttress.move(share * depth, 0, 0));
    const flank = (name: string) =>
      new Model().with('dark-stone', ...buttresses).and(
        ...lancets,
        stoneFacing(workshop, random.fork(name), {
          width: depth,
          height: wall,
          thickness: 0.24,
          rows: 7,
          columns: 11,
          materials: ['pale-stone', 'dark-stone', 'stone'],
          cover: 0.34,
          openings: bays.map((x) => ({
            left: x - 0.9,
            right: x + 0.9,
            bottom: wall * 0.15,
            top: wall * 0.9,
          })),
        }),
      );
    const slope = (name: string) =>
      pitched(
        roofSlope(workshop, random.fork(name), {
          width: depth + 1.2,
          run: slopeLength,
          rows: 6,
          columns: 8,
          thickness: 0.26,
          materials: ['roof-slate', 'roof-shadow', 'roof-slate', 'roof-moss'],
          decay,
        }),
        pitch,
        width / 2 + 0.7,
        wall - 0.7 * Math.tan((pitch * Math.PI) / 180),
      );

    return nave
      .and(
        flank('left')
          .turn(0, -90, 0)
          .move(-width / 2, 0, 0),
        flank('right')
          .turn(0, 90, 0)
          .move(width / 2, 0, 0),
        slope('west').turn(0, -90, 0),
        slope('east').turn(0, 90, 0),
        new Model().with('dark-stone', workshop.box(0.6, 0.5, depth + 1.3).move(0, wall + rise + 0.2, 0)),
      )
      .move(0, 0, back)
      .and(
        bellTower({ workshop, random, tower, lit, spire: size.y * 0.34, decay }).move(
          0,
          0,
          front + tower.width * 0.28,
        ),
      );
  },
});

/** A pointed window that faces +z and stands on y = 0. */
function lancet(workshop: Workshop, width: number, height: number, lit: boolean): Model {
  const steps = workshop.count(4, 1);
  const outer = workshop
    .prism(pointedArch(width * 1.4, height * 1.12, steps), 0.5)
    .move(0, -height * 0.05, 0.05);
  const model = new Model()
    .with('pale-stone', outer.minus(workshop.prism(pointedArch(width, height, steps), 2)))
    .with(lit ? 'window-glow' : 'night', workshop.prism(pointedArch(width, height, steps), 0.3));
  if (!workshop.fine) return model;
  return model.with(
    'iron',
    workshop.block(0.12, height * 0.96, 0.2).move(0, 0, 0.14),
    workshop.box(width, 0.12, 0.2).move(0, height * 0.5, 0.14),
  );
}

function bellTower(options: {
  workshop: Workshop;
  random: Parameters<typeof stoneFacing>[1];
  tower: { width: number; height: number };
  lit: boolean;
  spire: number;
  decay: number;
}): Model {
  const { workshop, random, tower, lit, spire, decay } = options;
  const { width, height } = tower;
  const half = width / 2;
  const steps = workshop.count(4, 1);
  const belfry = height * 0.74;
  const opening = workshop.prism(pointedArch(width * 0.5, height * 0.2, steps), width * 2).move(0, belfry, 0);
  const shaft = workshop.block(width, height, width).minus(opening, opening.turn(0, 90, 0));
  const door = { width: width * 0.5, height: height * 0.36 };
  const face = (name: string, withDoor: boolean) =>
    stoneFacing(workshop, random.fork(name), {
      width,
      height: belfry * 0.97,
      thickness: 0.26,
      rows: 11,
      columns: 5,
      materials: ['pale-stone', 'dark-stone', 'stone'],
      cover: 0.4,
      openings: withDoor
        ? [{ left: -door.width * 0.75, right: door.width * 0.75, bottom: 0, top: height * 0.66 }]
        : [],
    }).move(0, 0, half);
  const bell = workshop.lathe(
    [
      [0, 1],
      [0.35, 0.95],
      [0.5, 0.4],
      [0.85, 0],
      [0, 0],
    ],
    10,
  );
  const roofHeight = spire * 0.86;
  const roof = workshop.refine(
    workshop.cylinder(half * 1.62, 0.06, roofHeight, 4).turn(0, 45, 0),
    workshop.fine ? 2.2 : 9,
  );
  const bend = random.around(0.8) * (0.4 + decay);

  return new Model()
    .with('stone', shaft)
    .with(
      'dark-stone',
      workshop.block(width + 0.7, 0.8, width + 0.7),
      workshop.box(width + 0.5, 0.45, width + 0.5).move(0, belfry - 0.25, 0),
    )
    .with('pale-stone', workshop.box(width + 0.6, 0.5, width + 0.6).move(0, height, 0))
    .with(
      'brass',
      bell
        .stretch(width * 0.2, height * 0.1, width * 0.2)
        .turn(random.around(10), 0, random.around(14))
        .move(0, belfry + height * 0.05, 0),
    )
    .with('dark-wood', workshop.box(width * 0.9, 0.25, 0.25).move(0, belfry + height * 0.155, 0))
    .and(
      face('front', true),
      face('left', false).turn(0, -90, 0),
      face('right', false).turn(0, 90, 0),
      plankDoor(workshop, random, door.width, door.height).move(0, 0.5, half),
      lancet(workshop, width * 0.2, height * 0.15, lit).move(0, height * 0.49, half),
      new Model().with(
        'stone',
        hewnStone(workshop, random, door.width * 1.9, 0.6, 1.8).move(0, 0.3, half + 0.9),
      ),
      new Model()
        .with('roof-slate', roof)
        .with('iron', standingCross(workshop, spire * 0.22, 0.16).move(0, roofHeight * 0.97, 0))
        .warp(([x, y, z]) => [x + bend * Math.max(0, y / roofHeight) ** 2, y, z])
        .move(0, height + 0.2, 0),
    )
    .crooked(
      [random.around(0.9) * decay, random.between(0, 0.6) * decay],
      random.around(2) * decay,
      height + spire,
    );
}
