import type { GridPoint, NightMap } from '../../domain/night.js';

type Walkable = (point: GridPoint) => boolean;

function walkableCells(map: NightMap): Walkable {
  const covered = new Set<string>();
  for (const { x, y, span } of map.placements) {
    const reach = Math.floor((span - 1) / 2);
    for (let row = y - reach; row <= y + reach; row++) {
      for (let column = x - reach; column <= x + reach; column++) covered.add(`${column},${row}`);
    }
  }
  return ({ x, y }) => {
    const symbol = map.cells[y]?.[x];
    return symbol !== undefined && symbol !== '#' && !covered.has(`${x},${y}`);
  };
}

function flood(start: GridPoint, isWalkable: Walkable): Set<string> {
  const reached = new Set<string>();
  const queue = isWalkable(start) ? [start] : [];
  for (const { x, y } of queue) {
    if (reached.has(`${x},${y}`)) continue;
    reached.add(`${x},${y}`);
    const neighbours = [
      { x: x + 1, y },
      { x: x - 1, y },
      { x, y: y + 1 },
      { x, y: y - 1 },
    ];
    queue.push(...neighbours.filter((point) => isWalkable(point) && !reached.has(`${point.x},${point.y}`)));
  }
  return reached;
}

/**
 * What cannot be walked to from the spawn, in words. Floods the grid anew, and shares no code with what draws the
 * map: a fault there must not hide here.
 */
export function unreachableSites(map: NightMap): string[] {
  const isWalkable = walkableCells(map);
  const { playerSpawn } = map;
  if (!isWalkable(playerSpawn)) {
    return [`the player spawn (${playerSpawn.x}, ${playerSpawn.y}) is not on open floor`];
  }
  const reached = flood(playerSpawn, isWalkable);
  const sites = [
    ...map.objectives.map(({ id, kind, x, y }) => ({ name: `objective ${id} (${kind})`, x, y })),
    ...map.hidingPlaces.map(({ x, y }, index) => ({ name: `hiding place ${index + 1}`, x, y })),
    ...map.loot.map(({ x, y }, index) => ({ name: `loot ${index + 1}`, x, y })),
    ...map.enemySpawns.map(({ kind, x, y }, index) => ({ name: `enemy ${index + 1} (${kind})`, x, y })),
  ];
  return sites
    .filter(({ x, y }) => !reached.has(`${x},${y}`))
    .map(({ name, x, y }) => `no way leads from the spawn to ${name} at (${x}, ${y})`);
}
