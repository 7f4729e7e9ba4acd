import type { GridPoint, NightPlacement, NightRoom } from './night.js';
import { cellIndex, coveredCells, isFloor } from './night-grid.js';
import type { Layout } from './night-layout.js';

/** The floor while it is being furnished: which cells are taken, and which of those nobody can walk through. */
export interface Ground {
  /** Free cells of the room, in row order. */
  freeCells(room: NightRoom): GridPoint[];
  isFree(point: GridPoint): boolean;
  /** Keeps a cell clear of everything else; one can still walk there. */
  reserve(point: GridPoint): void;
  /** True when an asset can stand there without cutting one part of the floor from another. */
  canStand(square: Pick<NightPlacement, 'x' | 'y' | 'span'>): boolean;
  stand(square: Pick<NightPlacement, 'x' | 'y' | 'span'>): void;
  readonly blocked: ReadonlySet<number>;
}

export function createGround(layout: Layout): Ground {
  const reserved = new Set<number>();
  const blocked = new Set<number>();
  const isWalkable = (point: GridPoint) => isFloor(layout, point) && !blocked.has(cellIndex(layout, point));
  const isFree = (point: GridPoint) => isWalkable(point) && !reserved.has(cellIndex(layout, point));
  return {
    blocked,
    isFree,
    freeCells: (room) => cellsOf(room).filter(isFree),
    reserve: (point) => reserved.add(cellIndex(layout, point)),
    canStand: (square) => coveredCells(square).every(isFree) && runsAround(square, isWalkable) <= 1,
    stand: (square) => coveredCells(square).forEach((point) => blocked.add(cellIndex(layout, point))),
  };
}

export function cellsOf(room: NightRoom): GridPoint[] {
  return Array.from({ length: room.width * room.height }, (_, index) => ({
    x: room.x + (index % room.width),
    y: room.y + Math.floor(index / room.width),
  }));
}

/**
 * Counts the separate stretches of walkable cells around a square that touch its sides. With one at most,
 * whoever walked through the square can walk around it, so blocking it cuts nothing off.
 */
function runsAround(
  { x, y, span }: Pick<NightPlacement, 'x' | 'y' | 'span'>,
  isWalkable: (point: GridPoint) => boolean,
): number {
  const reach = (span + 1) / 2;
  const side = Array.from({ length: 2 * reach }, (_, step) => step - reach);
  const ring = [
    ...side.map((step) => ({ x: x + step, y: y - reach })),
    ...side.map((step) => ({ x: x + reach, y: y + step })),
    ...side.map((step) => ({ x: x - step, y: y + reach })),
    ...side.map((step) => ({ x: x - reach, y: y - step })),
  ].map((point) => ({
    open: isWalkable(point),
    // A corner touches the square only by its tip: nobody walks from one to the other.
    touches: Math.abs(point.x - x) !== reach || Math.abs(point.y - y) !== reach,
  }));
  const gap = ring.findIndex((cell) => !cell.open);
  if (gap === -1) return 1;
  let runs = 0;
  let inRun = false;
  for (const cell of [...ring.slice(gap), ...ring.slice(0, gap)]) {
    if (!cell.open) inRun = false;
    else if (cell.touches && !inRun) {
      runs += 1;
      inRun = true;
    }
  }
  return runs;
}
