import type { AssetRole, SizeStuds } from '../asset.js';

/** What content can be made of: recipes of the procedural generator, with what a content needs to know of them. */
export type ContentRecipe = {
  role: AssetRole;
  /** Middle of the range of sizes. */
  size: SizeStuds;
  /** What it is, for generators that read words. */
  words: string;
  /** The ground that it takes, as a share of its width: a tree's crown may reach over its neighbours. */
  footprint: number;
  /** Parameter from 0 (new) to 1 (old) by which variations differ. */
  age?: string;
  /** Parameters that take turns from variation to variation. */
  turns?: Readonly<Record<string, readonly string[]>>;
};

export const contentRecipes = {
  house: {
    role: 'building',
    size: { x: 21, y: 16, z: 19 },
    words: 'a small abandoned house with a crooked roof',
    footprint: 1,
    age: 'decay',
    turns: { windows: ['dark', 'boarded', 'lit'] },
  },
  shed: {
    role: 'building',
    size: { x: 14, y: 10, z: 12 },
    words: 'a wooden shed with a sagging door',
    footprint: 1,
    age: 'decay',
    turns: { roof: ['boards', 'sheet'] },
  },
  chapel: {
    role: 'building',
    size: { x: 17, y: 22, z: 21 },
    words: 'a narrow stone chapel with a bell tower',
    footprint: 1,
    age: 'decay',
    turns: { windows: ['dark', 'lit'] },
  },
  crypt: {
    role: 'building',
    size: { x: 13, y: 13, z: 15 },
    words: 'a stone crypt with an iron gate',
    footprint: 1,
    age: 'moss',
    turns: { gate: ['closed', 'ajar'] },
  },
  'dead-tree': {
    role: 'atmosphere',
    size: { x: 8, y: 16, z: 8 },
    words: 'a bare dead tree with twisted branches',
    footprint: 0.35,
    age: 'bend',
    turns: { hollow: ['dark', 'dark', 'eyes'] },
  },
  rock: {
    role: 'atmosphere',
    size: { x: 5, y: 3.5, z: 4.5 },
    words: 'a mossy rock',
    footprint: 0.9,
    age: 'moss',
  },
  gravestone: {
    role: 'prop',
    size: { x: 3, y: 4.5, z: 1.2 },
    words: 'a weathered gravestone',
    footprint: 0.9,
    age: 'moss',
    turns: { style: ['round', 'gothic', 'cross', 'broken'] },
  },
  fence: {
    role: 'prop',
    size: { x: 7, y: 4.5, z: 0.8 },
    words: 'a piece of a leaning fence',
    footprint: 0.8,
    age: 'decay',
    turns: { style: ['picket', 'iron'] },
  },
  well: {
    role: 'prop',
    size: { x: 6, y: 8, z: 6 },
    words: 'an old stone well with a winch',
    footprint: 1,
    age: 'decay',
    turns: { depths: ['dark', 'glow'] },
  },
  lamp: {
    role: 'prop',
    size: { x: 2.6, y: 9, z: 1.6 },
    words: 'an iron lamp post with a weak light',
    footprint: 0.9,
    age: 'lean',
    turns: { light: ['warm', 'out', 'cold'] },
  },
  lantern: {
    role: 'atmosphere',
    size: { x: 1.6, y: 2.6, z: 1.6 },
    words: 'a small iron lantern',
    footprint: 1,
    turns: { light: ['warm', 'green', 'out', 'cold'] },
  },
  candles: {
    role: 'atmosphere',
    size: { x: 2, y: 1.6, z: 2 },
    words: 'a cluster of half-burnt candles',
    footprint: 1,
    turns: { middle: ['nothing', 'skull'] },
  },
  crate: {
    role: 'prop',
    size: { x: 3.5, y: 3.5, z: 3.5 },
    words: 'a nailed wooden crate',
    footprint: 1,
    age: 'decay',
    turns: { inside: ['dark', 'dark', 'glow'] },
  },
  barrel: {
    role: 'prop',
    size: { x: 3, y: 4, z: 3 },
    words: 'a wooden barrel with iron hoops',
    footprint: 0.8,
    age: 'decay',
    turns: { content: ['closed', 'empty', 'glow'] },
  },
  coffin: {
    role: 'prop',
    size: { x: 3, y: 2, z: 6.5 },
    words: 'a plain wooden coffin',
    footprint: 0.9,
    age: 'opening',
    turns: { inside: ['nothing', 'hand'] },
  },
  altar: {
    role: 'prop',
    size: { x: 6, y: 4, z: 3.5 },
    words: 'a stone altar with worn carvings',
    footprint: 0.9,
    age: 'decay',
  },
  scarecrow: {
    role: 'atmosphere',
    size: { x: 5, y: 8, z: 2.2 },
    words: 'a ragged scarecrow',
    footprint: 0.7,
    turns: { eyes: ['dark', 'glow'] },
  },
} as const satisfies Record<string, ContentRecipe>;

export type ContentRecipeName = keyof typeof contentRecipes;

export const contentRecipeNames = Object.keys(contentRecipes) as ContentRecipeName[];

export const contentRecipe = (name: ContentRecipeName): ContentRecipe => contentRecipes[name];
