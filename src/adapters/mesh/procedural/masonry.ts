import type { Random } from '../random.js';
import type { MaterialName } from './materials.js';
import { Model } from './model.js';
import type { Solid, Workshop } from './workshop.js';

type Stones = readonly [MaterialName, ...MaterialName[]];

/** A hewn stone around the origin: a box whose corners are all a little off. */
export function hewnStone(
  workshop: Workshop,
  random: Random,
  width: number,
  height: number,
  depth: number,
): Solid {
  const wear = 0.07;
  const corner = (sign: number, size: number) => (sign * size * (1 - 2 * wear * random.next())) / 2;
  const signs = [-1, 1] as const;
  return workshop.hull(
    signs.flatMap((x) =>
      signs.flatMap((y) =>
        signs.map((z): [number, number, number] => [
          corner(x, width),
          corner(y, height * 1.02),
          corner(z, depth),
        ]),
      ),
    ),
  );
}

export type PillarOptions = {
  width: number;
  depth: number;
  height: number;
  courses: number;
  materials: Stones;
  /** Turn of each course against the next, in degrees. */
  disorder?: number;
};

/** One stone on another, standing on y = 0. */
export function stonePillar(workshop: Workshop, random: Random, options: PillarOptions): Model {
  const { width, depth, materials, disorder = 4 } = options;
  const courses = workshop.count(options.courses, 2);
  const courseHeight = options.height / courses;
  let model = new Model();
  for (let course = 0; course < courses; course += 1) {
    const swell = random.between(0.93, 1.05);
    const stone = hewnStone(workshop, random, width * swell, courseHeight, depth * swell)
      .turn(0, random.around(disorder), 0)
      .move(random.around(width * 0.02), (course + 0.5) * courseHeight, random.around(depth * 0.02));
    model = model.with(random.pick(materials), stone);
  }
  return model;
}

export type StoneWallOptions = {
  width: number;
  height: number;
  thickness: number;
  rows: number;
  columns: number;
  materials: Stones;
  /** Share of the places in which a stone stands out from the plaster. */
  cover: number;
  openings?: readonly { left: number; right: number; bottom: number; top: number }[];
};

/** Stones that stand out of a wall in the xy plane that faces +z; the wall itself is its own solid. */
export function stoneFacing(workshop: Workshop, random: Random, options: StoneWallOptions): Model {
  const { width, height, thickness, materials, cover, openings = [] } = options;
  const rows = workshop.count(options.rows, 2);
  const columns = workshop.count(options.columns, 2);
  const [stoneWidth, stoneHeight] = [width / columns, height / rows];
  let model = new Model();
  for (let row = 0; row < rows; row += 1) {
    const shift = row % 2 === 0 ? 0 : 0.5;
    for (let column = 0; column + shift <= columns - 0.5 + shift / 2; column += 1) {
      const x = -width / 2 + Math.min(columns - 0.45, column + 0.5 + shift) * stoneWidth;
      const y = (row + 0.5) * stoneHeight;
      const taken = openings.some(
        (opening) =>
          x + stoneWidth / 2 > opening.left &&
          x - stoneWidth / 2 < opening.right &&
          y + stoneHeight / 2 > opening.bottom &&
          y - stoneHeight / 2 < opening.top,
      );
      if (!random.chance(cover) || taken) continue;
      const half = x + stoneWidth / 2 > width / 2 + 0.01 ? 0.55 : 0.92;
      const stone = hewnStone(
        workshop,
        random,
        stoneWidth * half,
        stoneHeight * 0.88,
        thickness * random.between(0.8, 1.5),
      );
      const inward = half < 0.9 ? stoneWidth * 0.24 : 0;
      model = model.with(random.pick(materials), stone.move(x - inward, y, 0));
    }
  }
  return model;
}

/** A ring of stones around the y axis, standing on y = 0. */
export function stoneRing(
  workshop: Workshop,
  random: Random,
  options: {
    radius: number;
    thickness: number;
    height: number;
    courses: number;
    stones: number;
    materials: Stones;
  },
): Model {
  const courses = workshop.count(options.courses, 2);
  const stones = workshop.count(options.stones, 6);
  const courseHeight = options.height / courses;
  const chord = 2 * (options.radius + options.thickness / 2) * Math.sin(Math.PI / stones);
  let model = new Model();
  for (let course = 0; course < courses; course += 1) {
    for (let index = 0; index < stones; index += 1) {
      const stone = hewnStone(
        workshop,
        random,
        chord * 0.92,
        courseHeight * 0.96,
        options.thickness * random.between(0.92, 1.15),
      )
        .move(0, (course + 0.5) * courseHeight, options.radius)
        .turn(0, ((index + (course % 2) / 2) * 360) / stones + random.around(1), 0);
      model = model.with(random.pick(options.materials), stone);
    }
  }
  return model;
}

/** The outline of a pointed (Gothic) arch that stands on y = 0. */
export function pointedArch(width: number, height: number, steps: number): [number, number][] {
  const spring = height - width * 0.87;
  const right = Array.from({ length: steps + 1 }, (_, step): [number, number] => {
    // Each side is an arc about the other side's springing point.
    const angle = (step / steps) * (Math.PI / 3);
    return [-width / 2 + width * Math.cos(angle), spring + width * Math.sin(angle)];
  });
  const left = right
    .slice(0, -1)
    .map(([x, y]): [number, number] => [-x, y])
    .reverse();
  return [[width / 2, 0], ...right, ...left, [-width / 2, 0]];
}

/** A Latin cross that stands on y = 0, facing +z. */
export function standingCross(workshop: Workshop, height: number, thickness: number): Solid {
  const upright = workshop.block(thickness, height, thickness);
  const beam = workshop.box(height * 0.62, thickness, thickness * 0.96).move(0, height * 0.68, 0);
  return workshop.union([upright, beam]);
}
