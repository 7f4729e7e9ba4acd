import { boardedWall, pitched, plankDoor, roofSlope, woodenWindow } from '../carpentry.js';
import { hewnStone, stonePillar } from '../masonry.js';
import { Model } from '../model.js';
import { choice, defineRecipe, fraction } from '../recipe.js';

export const house = defineRecipe({
  name: 'house',
  role: 'building',
  description: 'A leaning gabled house: boarded walls, a sagging slate roof, windows, a porch and a chimney.',
  defaultSizeStuds: { x: 21, y: 16, z: 19 },
  parameters: {
    decay: fraction('How many boards are missing, loose or crooked', 0.5),
    windows: choice('What shows in the windows', ['lit', 'dark', 'boarded']),
  },
  build({ workshop, random, size, parameters }) {
    const { decay } = parameters;
    const [width, depth] = [size.x * 0.8, size.z * 0.78];
    const [base, wall] = [size.y * 0.045, size.y * 0.47];
    const rise = size.y * 0.4;
    const overhang = 1.3;
    const eave = base + wall;
    const pitch = (Math.atan2(rise, width / 2) * 180) / Math.PI;
    const run = Math.hypot(rise, width / 2) + overhang * 1.2;
    const boards = ['old-wood', 'grey-wood', 'old-wood'] as const;

    const door = { width: width * 0.17, height: wall * 0.74, x: -width * 0.2 };
    const window = { width: width * 0.2, height: wall * 0.36 };
    const lit = () => parameters.windows === 'lit' && random.chance(0.75);
    const nailed = () =>
      parameters.windows === 'boarded' ? random.integer(2, 3) : random.chance(decay * 0.5) ? 2 : 0;
    const makeWindow = (scale = 1) =>
      woodenWindow(workshop, random, {
        width: window.width * scale,
        height: window.height * scale,
        lit: lit(),
        boards: nailed(),
      });
    const hole = (x: number, y: number, scale = 1) => ({
      left: x - (window.width * scale) / 2,
      right: x + (window.width * scale) / 2,
      bottom: y - (window.height * scale) / 2,
      top: y + (window.height * scale) / 2,
    });

    const shell = new Model()
      .with('dark-stone', workshop.block(width + 1.2, base, depth + 1.2))
      .with('black-wood', workshop.block(width, wall, depth).move(0, base, 0))
      .with(
        'black-wood',
        workshop
          .prism(
            [
              [-width / 2 - 0.4, 0],
              [width / 2 + 0.4, 0],
              [0, rise],
            ],
            depth,
          )
          .move(0, eave - 0.05, 0),
      );

    const front = boardedWall(workshop, random.fork('front'), {
      height: wall,
      widthAt: () => width,
      rows: 9,
      thickness: 0.35,
      materials: boards,
      decay,
      openings: [
        { left: door.x - door.width * 0.6, right: door.x + door.width * 0.6, bottom: 0, top: door.height },
        hole(width * 0.22, wall * 0.52),
      ],
    });
    const gable = () =>
      boardedWall(workshop, random.fork('gable'), {
        height: rise,
        widthAt: (y) => width * (1 - y / rise),
        rows: 7,
        thickness: 0.35,
        materials: boards,
        decay,
        openings: [hole(0, rise * 0.36, 0.66)],
      }).move(0, eave, 0);
    const side = (name: string) =>
      boardedWall(workshop, random.fork(name), {
        height: wall,
        widthAt: () => depth,
        rows: 9,
        thickness: 0.35,
        materials: boards,
        decay,
        openings: [hole(0, wall * 0.52)],
      }).and(makeWindow().move(0, wall * 0.52, 0));

    const post = workshop.block(0.9, wall + 0.1, 0.9);
    const corners = [-1, 1].flatMap((x) =>
      [-1, 1].map((z) => post.move((x * width) / 2, base, (z * depth) / 2)),
    );

    const slope = (name: string) =>
      pitched(
        roofSlope(workshop, random.fork(name), {
          width: depth + 2 * overhang,
          run,
          rows: 7,
          columns: 7,
          thickness: 0.34,
          materials: ['roof-slate', 'roof-slate', 'dark-stone', 'roof-moss'],
          decay,
        }),
        pitch,
        width / 2 + overhang * Math.cos((pitch * Math.PI) / 180) * 1.15,
        eave - overhang * Math.sin((pitch * Math.PI) / 180) * 1.15,
      );
    const ridge = workshop.box(0.9, 0.6, depth + 2 * overhang + 0.4).move(0, eave + rise + 0.35, 0);
    const barge = workshop.box(run, 0.75, 0.45);
    const barges = [-1, 1].flatMap((x) =>
      [-1, 1].map((z) =>
        barge
          .turn(0, 0, -x * pitch)
          .move(
            (x * (width / 2 + overhang * 0.5)) / 2,
            eave + rise / 2 - 0.35,
            z * (depth / 2 + overhang - 0.1),
          ),
      ),
    );

    const chimney = stonePillar(workshop, random.fork('chimney'), {
      width: 2.3,
      depth: 2.3,
      height: rise * 1.05,
      courses: 8,
      materials: ['brick', 'brick', 'dark-stone'],
    })
      .and(new Model().with('dark-stone', workshop.block(2.9, 0.5, 2.9).move(0, rise * 1.05, 0)))
      .turn(0, 0, random.around(3))
      .move(width * 0.3, eave + rise * 0.18, -depth * 0.16);

    const porch = new Model()
      .with('dark-wood', workshop.block(door.width * 2.1, base * 0.9, 3.2).move(door.x, 0, depth / 2 + 1.6))
      .with(
        'stone',
        hewnStone(workshop, random, door.width * 1.5, base * 0.5, 1.4).move(
          door.x,
          base * 0.25,
          depth / 2 + 3.7,
        ),
      )
      .with(
        'grey-wood',
        ...[-1, 1].map((x) =>
          workshop
            .block(0.5, door.height * 1.14, 0.5)
            .turn(0, 0, random.around(2.5))
            .move(door.x + x * door.width * 0.9, base * 0.8, depth / 2 + 2.8),
        ),
      )
      .and(
        pitched(
          roofSlope(workshop, random.fork('porch'), {
            width: door.width * 2.5,
            run: 4.4,
            rows: 3,
            columns: 5,
            thickness: 0.25,
            materials: ['roof-slate', 'roof-moss'],
            decay,
          }),
          24,
          depth / 2 + 3.9,
          base + door.height * 1.12,
        ),
      );

    return shell
      .with('dark-wood', ...corners, ridge, ...barges)
      .and(
        front.move(0, base, depth / 2),
        makeWindow().move(width * 0.22, base + wall * 0.52, depth / 2),
        plankDoor(workshop, random, door.width, door.height).move(door.x, base, depth / 2),
        gable().move(0, 0, depth / 2),
        makeWindow(0.66).move(0, eave + rise * 0.36, depth / 2),
        gable()
          .turn(0, 180, 0)
          .move(0, 0, -depth / 2),
        makeWindow()
          .move(0, eave - wall * 0.42, 0)
          .turn(0, 180, 0)
          .move(0, 0, -depth / 2),
        side('left')
          .turn(0, -90, 0)
          .move(-width / 2, base, 0),
        side('right')
          .turn(0, 90, 0)
          .move(width / 2, base, 0),
        slope('left').turn(0, -90, 0),
        slope('right').turn(0, 90, 0),
        chimney,
        porch,
      )
      .crooked([random.around(1.6) * (0.3 + decay), random.around(0.8)], random.around(3) * decay, size.y);
  },
});
