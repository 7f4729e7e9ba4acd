import type { AssetSpec } from '../asset.js';
import type { ContentConfig, ContentTiles } from './config.js';

/**
 * Estimates, rounded up: a vertex has position, normal, colour and texture coordinates (36 bytes), flat shading gives
 * each triangle three, and the engine keeps a copy for physics. An instance with its attributes takes some kilobytes
 * in the DataModel. Roblox publishes no figures; a game's own are seen in the developer console.
 */
const bytesPerTriangle = 3 * 36 * 2;
const bytesPerInstance = 6 * 1024;
const megabyte = 1_000_000;

/** Megabytes of all variations, of the instances alive at most, and of the models in the cache. */
export function memoryMegabytes(
  { limits, cache }: Pick<ContentConfig, 'limits' | 'cache'>,
  assets: readonly AssetSpec[],
): number {
  const meshes = assets.reduce((sum, { triangleBudget }) => sum + triangleBudget * bytesPerTriangle, 0);
  const instances = (limits.instances + cache.models) * bytesPerInstance;
  return Math.ceil((meshes + instances) / megabyte);
}

/** Floor, two walls of its own, and a door in most of them, which cuts a wall in two; less what decay has taken. */
export function piecesPerCell({ decay }: Pick<ContentTiles, 'decay'>): number {
  return 1 + 2 * 1.6 * (1 - decay);
}
