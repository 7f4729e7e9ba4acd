import type { Random } from '../random.js';
import type { MaterialName } from './materials.js';
import { Model } from './model.js';
import type { Workshop } from './workshop.js';

export type Opening = { left: number; right: number; bottom: number; top: number };

export type BoardingOptions = {
  height: number;
  /** Width of the wall at a height; equal at all heights for a plain wall. */
  widthAt: (y: number) => number;
  rows: number;
  thickness: number;
  materials: readonly [MaterialName, ...MaterialName[]];
  /** 0 … 1: how many boards are missing, short or loose. */
  decay: number;
  openings?: readonly Opening[];
};

/** Horizontal boards on a wall that stands in the xy plane and faces +z; boards leave room for the openings. */
export function boardedWall(workshop: Workshop, random: Random, options: BoardingOptions): Model {
  const { height, rows, thickness, materials, decay, openings = [] } = options;
  const count = workshop.count(rows, 3);
  const rowHeight = height / count;
  let model = new Model();
  for (let row = 0; row < count; row += 1) {
    const middle = (row + 0.5) * rowHeight;
    const half = options.widthAt(middle) / 2;
    for (const [left, right] of freeSpans(-half, half, row * rowHeight, (row + 1) * rowHeight, openings)) {
      const cut =
        right - left > 5 && random.chance(0.6)
          ? [left, random.between(left + 1.5, right - 1.5), right]
          : [left, right];
      for (let board = 0; board + 1 < cut.length; board += 1) {
        const [start = 0, end = 0] = [cut[board], cut[board + 1]];
        const length = end - start - 0.08;
        if (length < 0.3 || random.chance(decay * 0.12)) continue;
        const loose = random.chance(decay * 0.2) ? random.around(3.5) : random.around(0.6);
        const depth = thickness * random.between(0.75, 1.25);
        const solid = workshop
          .box(length, rowHeight * random.between(0.86, 0.95), depth)
          .turn(random.between(-2.5, -1), 0, length > 1.5 ? loose : loose / 3)
          .move((start + end) / 2, middle, depth / 2);
        model = model.with(random.pick(materials), solid);
      }
    }
  }
  return model;
}

/** The parts of a row that no opening takes. */
function freeSpans(
  left: number,
  right: number,
  bottom: number,
  top: number,
  openings: readonly Opening[],
): [number, number][] {
  let spans: [number, number][] = [[left, right]];
  for (const opening of openings) {
    if (opening.top <= bottom || opening.bottom >= top) continue;
    spans = spans.flatMap(([start, end]): [number, number][] => {
      if (opening.right <= start || opening.left >= end) return [[start, end]];
      const parts: [number, number][] = [
        [start, opening.left],
        [opening.right, end],
      ];
      return parts.filter(([from, to]) => to - from > 0.2);
    });
  }
  return spans;
}

export type RoofOptions = {
  /** Along the ridge. */
  width: number;
  /** From the eave to the ridge, along the slope. */
  run: number;
  rows: number;
  columns: number;
  thickness: number;
  materials: readonly [MaterialName, ...MaterialName[]];
  decay: number;
};

/** Rows of overlapping roof boards that lie in the xy plane, eave at y = 0, outside towards +z. */
export function roofSlope(workshop: Workshop, random: Random, options: RoofOptions): Model {
  const { width, run, thickness, materials, decay } = options;
  const rows = workshop.count(options.rows, 2);
  const columns = workshop.count(options.columns, 2);
  const rowHeight = run / rows;
  let model = new Model();
  for (let row = 0; row < rows; row += 1) {
    let left = -width / 2;
    const cuts = Array.from({ length: columns }, () => random.between(0.7, 1.3));
    const total = cuts.reduce((sum, share) => sum + share, 0);
    for (const share of cuts) {
      const boardWidth = (width * share) / total;
      const middle = left + boardWidth / 2;
      left += boardWidth;
      if (row > 0 && random.chance(decay * 0.14)) continue;
      const slip = random.chance(decay * 0.25) ? random.between(0.1, 0.35) * rowHeight : 0;
      const reach = rowHeight * random.between(1.28, 1.42);
      const solid = workshop
        .box(boardWidth * random.between(0.93, 0.99), reach, thickness * random.between(0.8, 1.2))
        .turn(3.5 + random.around(1), 0, random.around(1 + 3 * decay))
        .move(middle, (row + 0.5) * rowHeight - slip, thickness * (0.7 + 0.25 * random.next()));
      model = model.with(random.pick(materials), solid);
    }
  }
  return model;
}

/** Lays a slope of pitch `degrees` whose eave is at (0, eaveHeight, out) and whose outside looks to +z. */
export function pitched(slope: Model, degrees: number, out: number, eaveHeight: number): Model {
  return slope.turn(-(90 - degrees), 0, 0).move(0, eaveHeight, out);
}

export type WindowOptions = {
  width: number;
  height: number;
  lit: boolean;
  /** Boards nailed across it. */
  boards: number;
};

/** A window in the xy plane around the origin, facing +z. */
export function woodenWindow(workshop: Workshop, random: Random, options: WindowOptions): Model {
  const { width, height, lit } = options;
  const bar = Math.min(width, height) * 0.13;
  const frame = (x: number, y: number, w: number, h: number) =>
    workshop.box(w, h, 0.5).turn(0, 0, random.around(1)).move(x, y, 0.3);
  let model = new Model()
    .with(lit ? 'window-glow' : 'night', workshop.box(width, height, 0.3).move(0, 0, 0.08))
    .with(
      'dark-wood',
      frame(0, height / 2, width + bar * 2.6, bar * 1.3),
      frame(0, -height / 2, width + bar * 3.2, bar * 1.5),
      frame(-width / 2, 0, bar * 1.2, height),
      frame(width / 2, 0, bar * 1.2, height),
    );
  if (workshop.fine) {
    model = model.with(
      'dark-wood',
      workshop.box(bar * 0.6, height, 0.3).move(0, 0, 0.22),
      workshop.box(width, bar * 0.6, 0.3).move(0, height * 0.06, 0.22),
    );
  }
  for (let board = 0; board < options.boards; board += 1) {
    const y = ((board + 0.5) / options.boards - 0.5) * height * 0.9;
    const solid = workshop
      .box(width * random.between(1.3, 1.55), height * 0.17, 0.25)
      .turn(0, 0, random.around(16))
      .move(random.around(width * 0.06), y, 0.62 + 0.12 * (board % 2));
    model = model.with('grey-wood', solid);
  }
  return model;
}

/** A plank door in the xy plane, standing on y = 0 and facing +z, with its frame. */
export function plankDoor(workshop: Workshop, random: Random, width: number, height: number): Model {
  const planks = workshop.count(5, 2);
  const plank = width / planks;
  let model = new Model().with('night', workshop.block(width, height, 0.3).move(0, 0, 0.06)).with(
    'dark-wood',
    workshop.block(width * 0.13, height, 0.7).move(-width * 0.56, 0, 0.3),
    workshop.block(width * 0.13, height, 0.7).move(width * 0.56, 0, 0.3),
    workshop
      .block(width * 1.36, height * 0.075, 0.8)
      .turn(0, 0, random.around(1.5))
      .move(0, height, 0.35),
  );
  for (let index = 0; index < planks; index += 1) {
    const solid = workshop
      .block(plank * 0.92, height * random.between(0.95, 0.985), 0.3)
      .turn(0, 0, random.around(0.6))
      .move((index + 0.5) * plank - width / 2, 0.04, 0.28 + random.around(0.04));
    model = model.with(index % 2 === 0 ? 'old-wood' : 'grey-wood', solid);
  }
  const brace = workshop.box(width * 0.98, height * 0.075, 0.16);
  model = model.with('dark-wood', brace.move(0, height * 0.2, 0.5), brace.move(0, height * 0.76, 0.5));
  if (!workshop.fine) return model;
  const hinge = workshop.box(width * 0.46, height * 0.03, 0.1);
  return model.with(
    'iron',
    hinge.move(-width * 0.24, height * 0.2, 0.6),
    hinge.move(-width * 0.24, height * 0.76, 0.6),
    workshop.ball(width * 0.045).move(width * 0.38, height * 0.46, 0.62),
  );
}
