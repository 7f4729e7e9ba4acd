import type { AssetSpec } from './asset.js';
import { objectiveKinds, type Difficulty, type GridPoint, type NightMap, type NightRoom } from './night.js';
import { neighbours, stepsFrom, cellIndex } from './night-grid.js';
import { cellsOf, createGround, type Ground } from './night-ground.js';
import { centreOf, layOut, type Layout, type RoomKind } from './night-layout.js';
import type { Random } from './random.js';

/** Which rooms a recipe furnishes, and how often it stands there at most. Buildings and lamps have rules of their own. */
const furnishing: Readonly<Record<string, { rooms: readonly RoomKind[]; atMost: number }>> = {
  well: { rooms: ['yard'], atMost: 1 },
  altar: { rooms: ['shrine'], atMost: 1 },
  coffin: { rooms: ['graveyard', 'shrine'], atMost: 3 },
  candles: { rooms: ['shrine', 'gate'], atMost: 4 },
  barrel: { rooms: ['store', 'yard'], atMost: 5 },
  crate: { rooms: ['store', 'yard'], atMost: 6 },
  fence: { rooms: ['yard', 'graveyard'], atMost: 6 },
  gravestone: { rooms: ['graveyard'], atMost: 10 },
  'dead-tree': { rooms: ['yard', 'graveyard', 'gate'], atMost: 6 },
  rock: { rooms: ['yard', 'graveyard', 'gate', 'store', 'shrine'], atMost: 8 },
};

/** Share of the rooms that have a hiding place, rounded up. */
const hidingShare = 0.5;
/** Share of the rooms that have a lamp in pitch darkness; light adds to it. */
const lampShare = 0.3;
/** Cells beyond its sight at which an enemy appears: nobody is seen at the first moment. */
const spawnMargin = 2;

/** Odd number of cells that hold the mesh however it is turned. */
export function spanOf(asset: Pick<AssetSpec, 'sizeStuds'>, cellStuds: number): number {
  const cells = Math.max(asset.sizeStuds.x, asset.sizeStuds.z) / cellStuds;
  return 1 + 2 * Math.max(0, Math.ceil((cells - 1) / 2));
}

/**
 * Draws a map. It is furnished so that nothing is cut off; that it is so, and complete, is for `nightProblems`
 * to prove afterwards.
 */
export function drawMap(difficulty: Difficulty, assets: readonly AssetSpec[], random: Random): NightMap {
  const layout = layOut(difficulty.intensity, random);
  const ground = createGround(layout);
  const placements: NightMap['placements'] = [];
  const place = (asset: AssetSpec, point: GridPoint, span: number, rotation: number) => {
    const placement = { assetId: asset.id, ...point, span, rotation };
    if (!ground.canStand(placement)) return false;
    ground.stand(placement);
    placements.push(placement);
    return true;
  };

  const playerSpawn = centreOf(layout.gate);
  ground.reserve(playerSpawn);
  placeBuildings(layout, assets, random, place);

  const objectives = chooseObjectives(layout, ground, difficulty, playerSpawn, random);
  const enemySpawns = chooseSpawns(layout, ground, difficulty, playerSpawn, random);
  const hidingPlaces = chooseAcross(
    layout.rooms,
    Math.ceil(layout.rooms.length * hidingShare),
    ground,
    random,
    (point) => neighbours(point).some((next) => layout.cells[next.y]?.[next.x] === '#'),
  );
  const outside = layout.rooms.filter((room) => room !== layout.gate);
  const loot = chooseAcross(outside, difficulty.lootCount, ground, random);
  const lamps = placeLamps(layout, assets, difficulty.light, random, place);
  placeFurnishing(layout, assets, ground, random, place);

  const { gate: _gate, ...map } = layout;
  return { ...map, playerSpawn, objectives, hidingPlaces, enemySpawns, loot, lamps, placements };
}

type Place = (asset: AssetSpec, point: GridPoint, span: number, rotation: number) => boolean;

/** One building in each yard, taking turns; each stands where a way leads around it. */
function placeBuildings(layout: Layout, assets: readonly AssetSpec[], random: Random, place: Place): void {
  const buildings = assets.filter((asset) => asset.role === 'building');
  const yards = random.shuffled(layout.rooms.filter((room) => room.kind === 'yard'));
  yards.forEach((yard, index) => {
    const building = buildings[index % buildings.length];
    if (building === undefined) return;
    const span = spanOf(building, layout.cellStuds);
    const margin = (span + 1) / 2;
    const point = {
      x: random.integer(yard.x + margin, yard.x + yard.width - 1 - margin),
      y: random.integer(yard.y + margin, yard.y + yard.height - 1 - margin),
    };
    place(building, point, span, 90 * random.integer(0, 3));
  });
}

/** One objective a room, in rooms other than the gate; the way out is in the farthest of them. */
function chooseObjectives(
  layout: Layout,
  ground: Ground,
  difficulty: Difficulty,
  playerSpawn: GridPoint,
  random: Random,
): NightMap['objectives'] {
  const steps = stepsFrom(layout, playerSpawn, ground.blocked);
  const distance = (room: NightRoom) =>
    Math.max(...ground.freeCells(room).map((point) => steps[cellIndex(layout, point)] ?? 0));
  const rooms = random.shuffled(layout.rooms.filter((room) => room !== layout.gate));
  const farthest = rooms.reduce((far, room) => (distance(room) > distance(far) ? room : far));
  const others = rooms.filter((room) => room !== farthest).slice(0, difficulty.objectiveCount - 1);
  const tasks = random.shuffled(objectiveKinds.filter((kind) => kind !== 'escape'));
  return [...others, farthest].map((room, index, all) => {
    const point = random.pick(ground.freeCells(room));
    ground.reserve(point);
    const kind = index === all.length - 1 ? 'escape' : (tasks[index % tasks.length] ?? 'key');
    return { id: `objective-${index + 1}`, kind, roomId: room.id, ...point };
  });
}

/** Each unlocked kind at least once where there are enough enemies, out of sight of the player's spawn. */
function chooseSpawns(
  layout: Layout,
  ground: Ground,
  difficulty: Difficulty,
  playerSpawn: GridPoint,
  random: Random,
): NightMap['enemySpawns'] {
  const far = Math.ceil(difficulty.sightRange / layout.cellStuds) + spawnMargin;
  const isFar = (point: GridPoint) => Math.hypot(point.x - playerSpawn.x, point.y - playerSpawn.y) >= far;
  const points = chooseAcross(layout.rooms, difficulty.enemyCount, ground, random, isFar);
  const kinds = random.shuffled(difficulty.enemyKinds);
  return points.map((point, index) => ({
    kind: kinds[index] ?? random.pick(difficulty.enemyKinds),
    ...point,
  }));
}

/** A lamp in a corner of a room, the gate first; the lamp's mesh stands there. */
function placeLamps(
  layout: Layout,
  assets: readonly AssetSpec[],
  light: number,
  random: Random,
  place: Place,
): GridPoint[] {
  const lamp = assets.find((asset) => asset.recipe === 'lamp');
  if (lamp === undefined) return [];
  const span = spanOf(lamp, layout.cellStuds);
  const wanted = Math.ceil(layout.rooms.length * (lampShare + light));
  const lamps: GridPoint[] = [];
  for (const room of [
    layout.gate,
    ...random.shuffled(layout.rooms.filter((other) => other !== layout.gate)),
  ]) {
    if (lamps.length === wanted) break;
    const corner = random
      .shuffled(cornersOf(room))
      .find((point) => place(lamp, point, span, 90 * random.integer(0, 3)));
    if (corner) lamps.push(corner);
  }
  return lamps;
}

function cornersOf({ x, y, width, height }: NightRoom): GridPoint[] {
  const [right, bottom] = [x + width - 1, y + height - 1];
  return [
    { x, y },
    { x: right, y },
    { x, y: bottom },
    { x: right, y: bottom },
  ];
}

function placeFurnishing(
  layout: Layout,
  assets: readonly AssetSpec[],
  ground: Ground,
  random: Random,
  place: Place,
): void {
  for (const asset of assets) {
    const rule = furnishing[asset.recipe];
    if (rule === undefined) continue;
    const span = spanOf(asset, layout.cellStuds);
    const rooms = layout.rooms.filter((room) => (rule.rooms as readonly string[]).includes(room.kind));
    let standing = 0;
    for (const point of random.shuffled(rooms.flatMap((room) => ground.freeCells(room)))) {
      if (standing === rule.atMost) break;
      if (place(asset, point, span, 15 * random.integer(0, 23))) standing += 1;
    }
  }
}

/** Free cells spread over the rooms: one a room, then a second one in each, until there are enough or none is left. */
function chooseAcross(
  rooms: readonly NightRoom[],
  wanted: number,
  ground: Ground,
  random: Random,
  suits: (point: GridPoint) => boolean = () => true,
): GridPoint[] {
  const order = random.shuffled(rooms);
  const chosen: GridPoint[] = [];
  for (let found = true; found && chosen.length < wanted;) {
    found = false;
    for (const room of order) {
      const free = cellsOf(room).filter((point) => ground.isFree(point) && suits(point));
      if (free.length === 0 || chosen.length === wanted) continue;
      const point = random.pick(free);
      ground.reserve(point);
      chosen.push(point);
      found = true;
    }
  }
  return chosen;
}
