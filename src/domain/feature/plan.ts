import { z } from 'zod';

import { assetSpecSchema, type AssetSpec } from '../asset.js';
import { seasonMesh } from '../night-assets.js';
import type { Season } from '../project.js';
import { seedOf } from '../random.js';
import { describeFeature } from './analyse.js';
import type { FeatureAnalysis } from './analysis.js';
import type { FeatureWish } from './request.js';
import { featureIdSchema, featureSpecSchema, type FeatureSpec } from './spec.js';
import { circle, farthest, SpotFinder, type Spot } from './spots.js';

const spotSchema = z.object({ x: z.number(), z: z.number(), rotation: z.number() });

export const plannedFeatureSchema = z.object({
  id: featureIdSchema,
  spec: featureSpecSchema,
  /** 32-bit seed of what is random in the game. */
  seed: z.int().min(0).max(0xffff_ffff),
  spots: z.array(spotSchema),
  /** The door's key, the quest's things, the rounds of creatures, lamps. */
  extraSpots: z.array(spotSchema),
  /** What a mesh is used as → id of the asset. */
  models: z.record(z.string(), z.string()),
});
export type PlannedFeature = z.infer<typeof plannedFeatureSchema>;

/** Everything that is decided about a request before anything is made; kept in the store as JSON. */
export const featurePlanSchema = z.object({
  version: z.literal(1),
  /** Names the work in Git and the ledger. */
  name: featureIdSchema,
  request: z.string().optional(),
  seed: z.int(),
  /** Who understood the words; absent for a spec. */
  analyser: z.string().optional(),
  understood: z.array(z.string()),
  ignored: z.array(z.string()),
  confidence: z.number(),
  features: z.array(plannedFeatureSchema).min(1),
  assets: z.array(assetSpecSchema),
});
export type FeaturePlan = z.infer<typeof featurePlanSchema>;

export type PlanFeaturesInput = {
  wish: FeatureWish;
  /** What the words meant; absent where the wish is a spec. */
  analysed?: { analysis: FeatureAnalysis; analyser: string };
  season: Season;
};

/** Plans assets and spots of a wish. Pure and seeded: the same wish gives the same plan. */
export function planFeatures({ wish, analysed, season }: PlanFeaturesInput): FeaturePlan {
  const specs = analysed?.analysis.features ?? wish.spec ?? [];
  const finder = new SpotFinder();
  const ids = new Set<string>();
  const features = specs.map((spec) => {
    const wanted = (specs.length === 1 ? wish.id : undefined) ?? spec.id ?? idOf(spec);
    const id = freeId(wanted, ids);
    return planOne(id, { ...spec, id }, { finder, seed: wish.seed });
  });
  const recipes = new Map<string, AssetSpec>();
  for (const feature of features) {
    for (const recipe of Object.values(recipesOf(feature.spec))) {
      const mesh = seasonMesh(season, recipe);
      recipes.set(mesh.id, mesh);
    }
    feature.models = Object.fromEntries(
      Object.entries(recipesOf(feature.spec)).map(([use, recipe]) => [use, seasonMesh(season, recipe).id]),
    );
  }
  return {
    version: 1,
    name: wish.id ?? nameOf(features.map(({ id }) => id)),
    ...(wish.request !== undefined && { request: wish.request }),
    seed: wish.seed,
    ...(analysed && { analyser: analysed.analyser }),
    understood: features.map(({ spec }) => describeFeature(spec)),
    ignored: analysed?.analysis.ignored ?? [],
    confidence: analysed?.analysis.confidence ?? 1,
    features,
    assets: [...recipes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** The plan for a person, one thing a line. */
export function describePlan(plan: FeaturePlan): string[] {
  const meshes = plan.assets.map(({ recipe }) => recipe).join(', ');
  return [
    ...plan.features.map(({ id }, index) => `${id}: ${plan.understood[index] ?? ''}`),
    plan.assets.length === 0 ? 'meshes: none' : `meshes: ${meshes}`,
    ...(plan.ignored.length === 0 ? [] : [`not understood, and left out: ${plan.ignored.join(', ')}`]),
    ...(plan.confidence === 1 ? [] : [`understood ${Math.round(plan.confidence * 100)} % of the words`]),
  ];
}

function planOne(
  id: string,
  spec: FeatureSpec,
  { finder, seed }: { finder: SpotFinder; seed: number },
): PlannedFeature {
  const find = (count: number, room: number, ring: readonly [number, number], purpose = 'spots'): Spot[] =>
    finder.find({ id, seed, purpose }, count, room, ring);
  const planned = (spots: Spot[], extraSpots: Spot[] = []): PlannedFeature => ({
    id,
    spec,
    seed: seedOf({ id, seed }),
    spots,
    extraSpots,
    models: {},
  });
  switch (spec.feature) {
    case 'collectible':
      return planned(find(spec.count, spec.count > 30 ? 5 : 8, [10, farthest]));
    case 'door':
      return planned(find(spec.doors, 14, [16, 36]), find(1, 6, [30, farthest], 'key'));
    case 'shop':
      return planned(find(1, 18, [18, 30]));
    case 'npc':
      return planned(find(1, 8, [12, 24]));
    case 'quest':
      return planned(find(1, 8, [12, 24]), find(spec.count, 7, [24, farthest], 'things'));
    case 'leaderboard':
      return planned(find(1, 12, [16, 28]));
    case 'weather':
      return planned([]);
    case 'safe-zone':
      return planned(
        [{ x: 0, z: 0, rotation: 0 }],
        circle(spec.radius < 16 ? 3 : 4, Math.min(spec.radius, farthest)),
      );
    case 'trap':
      return planned(find(spec.count, spec.radius * 2 + 3, [12, farthest]));
    case 'chase':
      return planned(find(spec.count, 10, [34, farthest]), circle(6, 36));
  }
}

/** Recipes that look like what people ask for; nothing is made for other words: a glowing block stands for it. */
const recipeWords: readonly (readonly [RegExp, string])[] = [
  [/candle/, 'candles'],
  [/lantern|torch|lamp/, 'lantern'],
  [/barrel|keg/, 'barrel'],
  [/crate|box|chest/, 'crate'],
  [/gravestone|tombstone/, 'gravestone'],
  [/coffin/, 'coffin'],
  [/rock|stone|ore/, 'rock'],
];

function recipesOf(spec: FeatureSpec): Record<string, string> {
  const itemRecipe = (item: string) => recipeWords.find(([words]) => words.test(item.toLowerCase()))?.[1];
  const withItem = (item: string): Record<string, string> => {
    const recipe = itemRecipe(item);
    return recipe === undefined ? {} : { item: recipe };
  };
  switch (spec.feature) {
    case 'collectible':
      return withItem(spec.item);
    case 'door':
      return { door: 'gate', stand: 'crate' };
    case 'shop':
      return { stall: 'shed', goods: itemRecipe(spec.items[0]?.name ?? '') ?? 'barrel' };
    case 'npc':
      return { beside: /scarecrow/i.test(spec.name) ? 'scarecrow' : 'lantern' };
    case 'quest':
      return { beside: 'barrel', ...withItem(spec.item) };
    case 'safe-zone':
      return { lamp: 'lamp' };
    case 'chase':
      return { creature: spec.creature };
    case 'leaderboard':
      return { stone: 'gravestone' };
    case 'trap':
    case 'weather':
      return {};
  }
}

function idOf(spec: FeatureSpec): string {
  const where = spec.near === 'spawn' || spec.feature === 'weather' ? '' : spec.near;
  const words = [spec.feature, slug(subjectOf(spec)), slug(where)];
  return words.filter(Boolean).join('-').slice(0, 48).replace(/-+$/, '');
}

/** What tells a feature from another of its kind. */
function subjectOf(spec: FeatureSpec): string {
  switch (spec.feature) {
    case 'collectible':
    case 'quest':
      return spec.item;
    case 'door':
      return spec.colour;
    case 'shop':
      return spec.items[0]?.name ?? '';
    case 'npc':
      return spec.name;
    case 'trap':
      return spec.style;
    case 'chase':
      return spec.creature;
    case 'leaderboard':
      return spec.stat;
    case 'weather':
    case 'safe-zone':
      return '';
  }
}

/** What is left of words in an id; nothing of those in other scripts. */
function slug(words: string): string {
  return words
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 20)
    .replace(/-+$/, '');
}

function freeId(wanted: string, ids: Set<string>): string {
  let id = wanted;
  for (let number = 2; ids.has(id); number++) id = `${wanted.slice(0, 44)}-${number}`;
  ids.add(id);
  return id;
}

function nameOf(ids: readonly string[]): string {
  const [first = 'feature'] = ids;
  return ids.length === 1 ? first : `${first.slice(0, 38)}-and-${ids.length - 1}-more`;
}
