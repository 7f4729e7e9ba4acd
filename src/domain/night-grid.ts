import type { GridPoint, NightMap, NightPlacement } from './night.js';

type Cells = Pick<NightMap, 'width' | 'height' | 'cells'>;

/** Index of a cell in row order: what sets of cells hold. */
export function cellIndex(map: Pick<NightMap, 'width'>, point: GridPoint): number {
  return point.y * map.width + point.x;
}

export function isFloor(map: Cells, point: GridPoint): boolean {
  const symbol = map.cells[point.y]?.[point.x];
  return symbol === '.' || symbol === ',';
}

/** The cells that a placement covers. */
export function coveredCells(placement: Pick<NightPlacement, 'x' | 'y' | 'span'>): GridPoint[] {
  const reach = (placement.span - 1) / 2;
  const covered: GridPoint[] = [];
  for (let y = placement.y - reach; y <= placement.y + reach; y++) {
    for (let x = placement.x - reach; x <= placement.x + reach; x++) covered.push({ x, y });
  }
  return covered;
}

/** Cells on which an asset stands: nobody walks there. */
export function blockedCells(map: Pick<NightMap, 'width' | 'placements'>): Set<number> {
  return new Set(map.placements.flatMap(coveredCells).map((point) => cellIndex(map, point)));
}

export const unreachable = -1;

/**
 * Steps from `start` to every cell, by breadth-first search over the floor in the four directions, around what is
 * blocked; `unreachable` where no way leads.
 */
export function stepsFrom(map: Cells, start: GridPoint, blocked: ReadonlySet<number>): Int32Array {
  const open = Array.from(map.cells.join(''), (symbol) => symbol !== '#');
  for (const index of blocked) open[index] = false;
  const steps = new Int32Array(map.width * map.height).fill(unreachable);
  const first = cellIndex(map, start);
  if (open[first] !== true) return steps;
  steps[first] = 0;
  const queue = [first];
  for (const from of queue) {
    const column = from % map.width;
    const next = (steps[from] ?? 0) + 1;
    const west = column === 0 ? -1 : from - 1;
    const east = column === map.width - 1 ? -1 : from + 1;
    for (const to of [west, east, from - map.width, from + map.width]) {
      if (open[to] !== true || steps[to] !== unreachable) continue;
      steps[to] = next;
      queue.push(to);
    }
  }
  return steps;
}

/** Says of a cell whether a player can walk there from the spawn, around everything that stands on the map. */
export function reachableFrom(map: NightMap): (point: GridPoint) => boolean {
  const steps = stepsFrom(map, map.playerSpawn, blockedCells(map));
  return (point) => isFloor(map, point) && steps[cellIndex(map, point)] !== unreachable;
}

export function neighbours({ x, y }: GridPoint): GridPoint[] {
  return [
    { x: x + 1, y },
    { x: x - 1, y },
    { x, y: y + 1 },
    { x, y: y - 1 },
  ];
}
