import type { GridPoint, NightMap, NightRoom } from './night.js';
import type { Random } from './random.js';

/** Edge of a cell: a corridor of one cell lets two characters (4 studs wide) pass each other. */
export const cellStuds = 8;

/** Rooms stand on a coarse grid of slots, one in each, with a wall of at least one cell around it. */
const slotCells = 9;
/** A building of 3 × 3 cells leaves a way around itself in the smallest room. */
const smallestRoom = 5;
const largestRoom = 7;

/** Share of the doors beyond the spanning tree's that are opened too: a chase needs loops, not only dead ends. */
const extraDoors = 0.35;

/** What stands in a room. The player arrives in the gate; the other kinds take turns, so that each is there. */
const roomKinds = ['yard', 'graveyard', 'store', 'shrine'] as const;
export type RoomKind = (typeof roomKinds)[number] | 'gate';

export type Layout = Pick<NightMap, 'width' | 'height' | 'cells' | 'rooms' | 'cellStuds'> & {
  gate: NightRoom;
};

type Slot = { index: number; column: number; row: number };
type Door = { from: Slot; to: Slot };

/** Rooms and corridors: from 4 × 3 rooms at intensity 0 to 6 × 5 at intensity 1, all connected. */
export function layOut(intensity: number, random: Random): Layout {
  const columns = 4 + Math.round(2 * intensity);
  const rows = 3 + Math.round(2 * intensity);
  const width = columns * slotCells + 1;
  const height = rows * slotCells + 1;
  const cells = Array.from({ length: height }, () => Array<string>(width).fill('#'));

  const slots = Array.from({ length: columns * rows }, (_, index): Slot => ({
    index,
    column: index % columns,
    row: Math.floor(index / columns),
  }));
  const gateSlot = random.pick(slots.filter((slot) => slot.column === 0));
  const kinds = random.shuffled(slots.slice(1).map((_, index) => roomKinds[index % roomKinds.length]));
  const gate = roomIn(gateSlot, 'gate', random);
  const rooms = slots.map((slot) =>
    slot.index === gateSlot.index ? gate : roomIn(slot, kinds.pop() ?? 'yard', random),
  );

  for (const { from, to } of openDoors(slots, random)) {
    const start = centreOf(rooms[from.index] ?? gate);
    const end = centreOf(rooms[to.index] ?? gate);
    for (let x = Math.min(start.x, end.x); x <= Math.max(start.x, end.x); x++)
      setCell(cells, x, start.y, ',');
    for (let y = Math.min(start.y, end.y); y <= Math.max(start.y, end.y); y++) setCell(cells, end.x, y, ',');
  }
  for (const room of rooms) {
    for (let y = room.y; y < room.y + room.height; y++) {
      for (let x = room.x; x < room.x + room.width; x++) setCell(cells, x, y, '.');
    }
  }
  return {
    cellStuds,
    width,
    height,
    cells: cells.map((row) => row.join('')),
    rooms,
    gate,
  };
}

export function centreOf(room: NightRoom): GridPoint {
  return { x: room.x + Math.floor(room.width / 2), y: room.y + Math.floor(room.height / 2) };
}

function roomIn(slot: Slot, kind: RoomKind, random: Random): NightRoom {
  const width = random.integer(smallestRoom, largestRoom);
  const height = random.integer(smallestRoom, largestRoom);
  return {
    id: `room-${slot.index + 1}`,
    x: slot.column * slotCells + 1 + random.integer(0, slotCells - 1 - width),
    y: slot.row * slotCells + 1 + random.integer(0, slotCells - 1 - height),
    width,
    height,
    kind,
  };
}

/** Doors between neighbouring slots: a spanning tree drawn by Kruskal's algorithm, and some more. */
function openDoors(slots: readonly Slot[], random: Random): Door[] {
  const doors = slots.flatMap((from) =>
    slots
      .filter((to) => to.index > from.index && Math.abs(to.column - from.column) + to.row - from.row === 1)
      .map((to): Door => ({ from, to })),
  );
  const groups = new Map(slots.map((slot) => [slot.index, slot.index]));
  const open: Door[] = [];
  const shut: Door[] = [];
  for (const door of random.shuffled(doors)) {
    const kept = groups.get(door.from.index) ?? door.from.index;
    const merged = groups.get(door.to.index);
    if (kept === merged) {
      shut.push(door);
      continue;
    }
    open.push(door);
    for (const [slot, group] of groups) if (group === merged) groups.set(slot, kept);
  }
  return [...open, ...shut.slice(0, Math.round(shut.length * extraDoors))];
}

function setCell(cells: string[][], x: number, y: number, symbol: string): void {
  const row = cells[y];
  if (row?.[x] !== undefined) row[x] = symbol;
}
