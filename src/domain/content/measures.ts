import type { ContentConfig, ContentKind } from './config.js';

export function describeStuds(value: number): string {
  return `${Number(value.toFixed(1))} studs`;
}

/** How near two of the kind may be, middle to middle: as the rule says, and never so that they touch. */
export function leastSpacing({ spacing, radius }: Pick<ContentKind, 'spacing' | 'radius'>): number {
  return Math.max(spacing, 2 * radius);
}

/** Square studs of the chunks that one player's radius reaches: a circle that is wider by half of a chunk's diagonal. */
export function groundInRange({ width, depth, chunkStuds, streaming }: ContentConfig): number {
  const reach = streaming.radius + chunkStuds * Math.SQRT1_2;
  return Math.min(width * depth, Math.PI * reach ** 2);
}

/** Most of a kind in the whole area, as the generator has it. */
export function mostOf(kind: ContentKind, { width, depth }: Pick<ContentConfig, 'width' | 'depth'>): number {
  return Math.min(kind.maximum, Math.floor((kind.density * width * depth) / 1000 + 0.5));
}

/**
 * The share of the ground that the kind may stand on: of its biomes by noise, or of its rooms less the strip along their
 * walls where a footprint does not fit.
 */
export function groundShare(
  kind: Pick<ContentKind, 'biomes' | 'radius'>,
  { biomes, tiles }: Pick<ContentConfig, 'biomes' | 'tiles'>,
): number {
  const isAllowed = ({ name }: { name: string }) => kind.biomes.length === 0 || kind.biomes.includes(name);
  if (tiles) {
    const inside = Math.max(0, 1 - (tiles.wallThickness + 2 * kind.radius) / tiles.cellStuds) ** 2;
    const weight = (kinds: typeof tiles.kinds) => kinds.reduce((sum, one) => sum + one.weight, 0);
    return (inside * weight(tiles.kinds.filter(isAllowed))) / weight(tiles.kinds);
  }
  if (kind.biomes.length === 0) return 1;
  // Zones are small beside the noise, or meant to be full of what they are for: then all of the ground counts.
  if (biomes.zones.some(({ biome }) => kind.biomes.includes(biome))) return 1;
  return biomes.shares.filter(isAllowed).reduce((sum, { share }) => sum + share, 0);
}
