import type { ContentKind, ContentTiles } from './config.js';
import type { ContentRecipeName } from './recipes.js';
import type { ContentType } from './request.js';

export type PresetKind = Pick<ContentKind, 'name' | 'pattern' | 'density' | 'spacing'> &
  Partial<Pick<ContentKind, 'maximum' | 'biomes' | 'near' | 'neverNear' | 'cluster' | 'maxSlope' | 'yaw'>> & {
    recipe: ContentRecipeName;
    /** Its share of the variations, by weight. */
    share: number;
  };

export type Preset = {
  kinds: readonly PresetKind[];
  biomes: readonly { name: string; share: number }[];
  tiles?: ContentTiles;
};

const rooms = (tiles: Pick<ContentTiles, 'loops' | 'decay' | 'wallHeight' | 'kinds' | 'neverJoined'>) => ({
  cellStuds: 32,
  wallThickness: 1.5,
  doorStuds: 8,
  ...tiles,
});

const many = 100_000;

/** What a content type is made of where the request does not say. Densities are per 1,000 square studs. */
export const presets: Readonly<Record<ContentType, Preset>> = {
  forest: {
    biomes: [
      { name: 'thicket', share: 0.55 },
      { name: 'clearing', share: 0.45 },
    ],
    kinds: [
      {
        name: 'dead-tree',
        recipe: 'dead-tree',
        share: 6,
        pattern: 'even',
        density: 3,
        spacing: 8,
        biomes: ['thicket'],
      },
      { name: 'rock', recipe: 'rock', share: 3, pattern: 'random', density: 1, spacing: 7 },
      {
        name: 'stump',
        recipe: 'dead-tree',
        share: 2,
        pattern: 'random',
        density: 0.5,
        spacing: 10,
        biomes: ['clearing'],
      },
      {
        name: 'lantern',
        recipe: 'lantern',
        share: 1,
        pattern: 'random',
        density: 0.15,
        spacing: 30,
        near: [{ kind: 'dead-tree', within: 12 }],
      },
    ],
  },
  graveyard: {
    biomes: [],
    kinds: [
      {
        name: 'chapel',
        recipe: 'chapel',
        share: 1,
        pattern: 'random',
        density: 1,
        spacing: 0,
        maximum: 1,
        yaw: 'quarter',
        maxSlope: 10,
      },
      {
        name: 'crypt',
        recipe: 'crypt',
        share: 1,
        pattern: 'random',
        density: 0.05,
        spacing: 50,
        maximum: 8,
        yaw: 'quarter',
        maxSlope: 15,
      },
      {
        name: 'gravestone',
        recipe: 'gravestone',
        share: 6,
        pattern: 'clusters',
        density: 3,
        spacing: 4.5,
        cluster: { size: 8, radius: 12 },
        yaw: 'quarter',
      },
      { name: 'dead-tree', recipe: 'dead-tree', share: 2, pattern: 'even', density: 0.4, spacing: 20 },
      {
        name: 'candles',
        recipe: 'candles',
        share: 2,
        pattern: 'random',
        density: 0.5,
        spacing: 6,
        near: [{ kind: 'gravestone', within: 7 }],
        neverNear: [{ kind: 'dead-tree', within: 6 }],
      },
    ],
  },
  ruins: {
    biomes: [],
    tiles: rooms({
      loops: 0.5,
      decay: 0.45,
      wallHeight: 11,
      kinds: [
        { name: 'hall', weight: 5, fewestDoors: 0, mostDoors: 4, maximum: many },
        { name: 'yard', weight: 3, fewestDoors: 0, mostDoors: 4, maximum: many },
        { name: 'shrine', weight: 1, fewestDoors: 0, mostDoors: 3, maximum: many },
      ],
      neverJoined: [{ first: 'shrine', second: 'shrine' }],
    }),
    kinds: [
      {
        name: 'altar',
        recipe: 'altar',
        share: 1,
        pattern: 'random',
        density: 4,
        spacing: 12,
        biomes: ['shrine'],
        yaw: 'quarter',
      },
      { name: 'rock', recipe: 'rock', share: 3, pattern: 'random', density: 3, spacing: 6 },
      {
        name: 'dead-tree',
        recipe: 'dead-tree',
        share: 2,
        pattern: 'random',
        density: 2,
        spacing: 10,
        biomes: ['yard'],
      },
      {
        name: 'barrel',
        recipe: 'barrel',
        share: 2,
        pattern: 'clusters',
        density: 2,
        spacing: 3.5,
        cluster: { size: 3, radius: 5 },
      },
    ],
  },
  village: {
    biomes: [],
    kinds: [
      {
        name: 'house',
        recipe: 'house',
        share: 3,
        pattern: 'even',
        density: 0.3,
        spacing: 42,
        yaw: 'quarter',
        maxSlope: 10,
      },
      {
        name: 'shed',
        recipe: 'shed',
        share: 2,
        pattern: 'random',
        density: 0.25,
        spacing: 30,
        near: [{ kind: 'house', within: 45 }],
        yaw: 'quarter',
        maxSlope: 10,
      },
      {
        name: 'well',
        recipe: 'well',
        share: 1,
        pattern: 'random',
        density: 0.05,
        spacing: 60,
        maximum: 4,
        near: [{ kind: 'house', within: 45 }],
      },
      {
        name: 'lamp',
        recipe: 'lamp',
        share: 2,
        pattern: 'even',
        density: 0.4,
        spacing: 30,
        near: [{ kind: 'house', within: 40 }],
      },
      {
        name: 'fence',
        recipe: 'fence',
        share: 2,
        pattern: 'random',
        density: 1,
        spacing: 7.5,
        near: [{ kind: 'house', within: 30 }],
        yaw: 'quarter',
      },
      { name: 'dead-tree', recipe: 'dead-tree', share: 2, pattern: 'random', density: 0.5, spacing: 14 },
    ],
  },
  'dungeon-rooms': {
    biomes: [],
    tiles: rooms({
      loops: 0.12,
      decay: 0,
      wallHeight: 12,
      kinds: [
        { name: 'hall', weight: 5, fewestDoors: 0, mostDoors: 4, maximum: many },
        { name: 'store', weight: 3, fewestDoors: 0, mostDoors: 3, maximum: many },
        { name: 'vault', weight: 2, fewestDoors: 0, mostDoors: 2, maximum: many },
      ],
      neverJoined: [{ first: 'vault', second: 'vault' }],
    }),
    kinds: [
      {
        name: 'altar',
        recipe: 'altar',
        share: 1,
        pattern: 'random',
        density: 0.5,
        spacing: 30,
        biomes: ['hall'],
        yaw: 'quarter',
      },
      {
        name: 'coffin',
        recipe: 'coffin',
        share: 2,
        pattern: 'random',
        density: 7,
        spacing: 8,
        biomes: ['vault'],
        yaw: 'quarter',
      },
      {
        name: 'crate',
        recipe: 'crate',
        share: 3,
        pattern: 'clusters',
        density: 6,
        spacing: 5,
        cluster: { size: 4, radius: 7 },
        biomes: ['store'],
      },
      {
        name: 'barrel',
        recipe: 'barrel',
        share: 2,
        pattern: 'random',
        density: 3,
        spacing: 4.5,
        biomes: ['store', 'hall'],
      },
      {
        name: 'candles',
        recipe: 'candles',
        share: 2,
        pattern: 'random',
        density: 4,
        spacing: 5,
        neverNear: [{ kind: 'crate', within: 5 }],
      },
    ],
  },
  'scatter-props': {
    biomes: [],
    kinds: [
      {
        name: 'crate',
        recipe: 'crate',
        share: 3,
        pattern: 'clusters',
        density: 0.8,
        spacing: 5,
        cluster: { size: 4, radius: 8 },
      },
      { name: 'barrel', recipe: 'barrel', share: 3, pattern: 'random', density: 0.8, spacing: 6 },
      {
        name: 'lantern',
        recipe: 'lantern',
        share: 2,
        pattern: 'random',
        density: 0.3,
        spacing: 15,
        near: [{ kind: 'crate', within: 10 }],
      },
      { name: 'scarecrow', recipe: 'scarecrow', share: 1, pattern: 'random', density: 0.08, spacing: 50 },
    ],
  },
};
