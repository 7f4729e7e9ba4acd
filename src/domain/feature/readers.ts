import { chase, npc, quest } from './read-people.js';
import { leaderboard, safeZone, trap, weather } from './read-places.js';
import { collectible, door, shop } from './read-things.js';
import type { Reader } from './reading.js';
import type { FeatureKind } from './spec.js';

/** Reads the options of each kind out of the words. */
export const readers: Readonly<Record<FeatureKind, Reader>> = {
  collectible,
  door,
  shop,
  npc,
  quest,
  weather,
  'safe-zone': safeZone,
  trap,
  chase,
  leaderboard,
};
