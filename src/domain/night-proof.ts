import type { AssetSpec } from './asset.js';
import type { Difficulty, GridPoint, NightMap } from './night.js';
import { blockedCells, cellIndex, coveredCells, isFloor, reachableFrom, stepsFrom } from './night-grid.js';

/** Default speed of a Roblox character, `Humanoid.WalkSpeed`, in studs per second. */
const walkSpeed = 16;
/** Seconds that an objective takes once one is there. */
const secondsPerObjective = 15;
/** A player who hides, strays and flees needs this many times the straight walk. */
const detourFactor = 2;

/**
 * Everything that is wrong with a map, in words; empty when it can be played. What must be reached is looked for
 * by a search from the player's spawn, around all that stands on the map.
 */
export function mapProblems(map: NightMap, difficulty: Difficulty, assets: readonly AssetSpec[]): string[] {
  return [
    ...shapeProblems(map),
    ...reachProblems(map),
    ...countProblems(map, difficulty),
    ...standingProblems(map, assets),
    ...timeProblems(map, difficulty),
  ];
}

function shapeProblems(map: NightMap): string[] {
  const rows = map.cells.length === map.height && map.cells.every((row) => row.length === map.width);
  if (!rows) return [`the cells are not ${map.height} rows of ${map.width}`];
  const open = map.cells.some((row, y) =>
    (y === 0 || y === map.height - 1 ? /[^#]/ : /^[^#]|[^#]$/).test(row),
  );
  return open ? ['the outer wall has a gap'] : [];
}

function reachProblems(map: NightMap): string[] {
  const canReach = reachableFrom(map);
  const wanted: (readonly [string, GridPoint])[] = [
    ['player spawn', map.playerSpawn],
    ...map.objectives.map((objective) => [objective.id, objective] as const),
    ...map.hidingPlaces.map((point) => ['hiding place', point] as const),
    ...map.loot.map((point) => ['loot', point] as const),
    ...map.enemySpawns.map((spawn) => [`spawn of a ${spawn.kind}`, spawn] as const),
  ];
  const cutOff = wanted.filter(([, point]) => !canReach(point));
  const places = new Set(wanted.map(([, point]) => cellIndex(map, point)));
  return [
    ...cutOff.map(([name, { x, y }]) => `${name} at ${x},${y} cannot be reached`),
    ...(places.size < wanted.length ? ['two things are on one cell'] : []),
    ...sealedProblems(map, canReach),
  ];
}

/** A floor that nobody can reach would hold whatever falls or is thrown there. */
function sealedProblems(map: NightMap, canReach: (point: GridPoint) => boolean): string[] {
  const blocked = blockedCells(map);
  let sealed = 0;
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++) {
      const point = { x, y };
      if (isFloor(map, point) && !blocked.has(cellIndex(map, point)) && !canReach(point)) sealed += 1;
    }
  }
  return sealed === 0 ? [] : [`${sealed} cells of floor are sealed off`];
}

function countProblems(map: NightMap, difficulty: Difficulty): string[] {
  const counts: [string, number, number][] = [
    ['objectives', map.objectives.length, difficulty.objectiveCount],
    ['enemy spawns', map.enemySpawns.length, difficulty.enemyCount],
    ['loot', map.loot.length, difficulty.lootCount],
  ];
  const escapes = map.objectives.filter((objective) => objective.kind === 'escape').length;
  return [
    ...counts
      .filter(([, is, should]) => is !== should)
      .map(([what, is, should]) => `${is} ${what}, expected ${should}`),
    ...(escapes === 1 ? [] : [`${escapes} ways to escape, expected 1`]),
    ...(map.hidingPlaces.length === 0 ? ['no hiding place'] : []),
    ...(map.lamps.length === 0 ? ['no lamp'] : []),
  ];
}

function standingProblems(map: NightMap, assets: readonly AssetSpec[]): string[] {
  const covered = map.placements.flatMap(coveredCells);
  const overlaps = covered.length - new Set(covered.map((point) => cellIndex(map, point))).size;
  const inWalls = covered.filter((point) => !isFloor(map, point)).length;
  const standing = new Set(map.placements.map((placement) => placement.assetId));
  const known = new Set(assets.map((asset) => asset.id));
  return [
    ...(overlaps === 0 ? [] : [`${overlaps} cells hold two assets`]),
    ...(inWalls === 0 ? [] : [`${inWalls} cells of assets are in walls`]),
    ...[...standing]
      .filter((id) => !known.has(id))
      .map((id) => `${id} stands on the map and is not an asset`),
    ...assets
      .filter((asset) => asset.role !== 'enemy' && !standing.has(asset.id))
      .map((asset) => `${asset.id} stands nowhere`),
  ];
}

function timeProblems(map: NightMap, difficulty: Difficulty): string[] {
  const needed = Math.ceil(secondsToFinish(map));
  const available = difficulty.durationSeconds;
  return needed <= available ? [] : [`it takes ${needed} s to finish, and the night is ${available} s long`];
}

/** Seconds in which an average player does every objective, always going to the nearest one, and escapes at the end. */
export function secondsToFinish(map: NightMap): number {
  const blocked = blockedCells(map);
  let left = map.objectives.filter((objective) => objective.kind !== 'escape');
  const escape = map.objectives.filter((objective) => objective.kind === 'escape');
  let at: GridPoint = map.playerSpawn;
  let walked = 0;
  while (left.length + escape.length > 0) {
    const steps = stepsFrom(map, at, blocked);
    const distance = (point: GridPoint) => steps[cellIndex(map, point)] ?? 0;
    const next =
      left.length === 0
        ? escape.pop()
        : left.reduce((near, one) => (distance(one) < distance(near) ? one : near));
    if (next === undefined) break;
    left = left.filter((objective) => objective !== next);
    walked += distance(next);
    at = next;
  }
  return ((walked * map.cellStuds) / walkSpeed) * detourFactor + map.objectives.length * secondsPerObjective;
}
