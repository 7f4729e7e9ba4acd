import type { AssetSpec } from './asset.js';

export const enemyKinds = ['shambler', 'stalker', 'lurker', 'screamer', 'brute'] as const;
export type EnemyKind = (typeof enemyKinds)[number];

export const objectiveKinds = ['generator', 'key', 'ritual', 'escape'] as const;
export type ObjectiveKind = (typeof objectiveKinds)[number];

/** The difficulty of one night; every number is explained in docs/night-design.md. */
export type Difficulty = {
  night: number;
  /** True for an easier night after a hard stretch. */
  breather: boolean;
  /** 0 (first night) … 1 (as hard as the brutal curve gets), after the breather's relief. */
  intensity: number;
  enemyCount: number;
  /** Unlocked kinds, in the order of their unlocking. */
  enemyKinds: EnemyKind[];
  /** Studs per second; a Roblox player walks 16. */
  enemySpeed: number;
  /** Studs at which an enemy sees a player in the open. */
  sightRange: number;
  /** Studs at which an enemy hears a running player. */
  hearingRange: number;
  objectiveCount: number;
  /** Ambient brightness, 0 … 1. */
  light: number;
  /** Length of the night in seconds, safe time included. */
  durationSeconds: number;
  /** Seconds at the start in which no enemy hunts. */
  safeSeconds: number;
  lootCount: number;
  /** Share of average players that should see the dawn, 0 … 1. */
  targetSurvivalRate: number;
};

export type GridPoint = { x: number; y: number };

export type NightRoom = { id: string; x: number; y: number; width: number; height: number; kind: string };

/** An asset standing on the map, centred on the middle of its cell. */
export type NightPlacement = GridPoint & {
  assetId: string;
  /** Edge of the square of cells that it covers, odd; (x, y) is the middle one. Nobody walks through them. */
  span: number;
  /** Degrees about the y axis. */ rotation: number;
};

/** A seeded layout on a grid; `cells[y][x]` is `#` wall, `.` room floor, `,` corridor. Origin at the north-west. */
export type NightMap = {
  /** Edge of a cell in studs. */
  cellStuds: number;
  width: number;
  height: number;
  cells: string[];
  rooms: NightRoom[];
  playerSpawn: GridPoint;
  objectives: (GridPoint & { id: string; kind: ObjectiveKind; roomId: string })[];
  hidingPlaces: GridPoint[];
  enemySpawns: (GridPoint & { kind: EnemyKind })[];
  loot: GridPoint[];
  lamps: GridPoint[];
  placements: NightPlacement[];
};

/** Everything that is decided about a night before anything is made. */
export type NightDesign = {
  night: number;
  /** 32-bit seed, from the season's seed and the night number. */
  seed: number;
  theme: string;
  difficulty: Difficulty;
  assets: AssetSpec[];
  map: NightMap;
};
