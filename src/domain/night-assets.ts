import type { AssetRole, AssetSpec, SizeStuds } from './asset.js';
import { nightsIntoSeason, unlockNight } from './difficulty.js';
import { enemyKinds, type EnemyKind } from './night.js';
import type { Season } from './project.js';
import { createRandom, seedOf, type Random } from './random.js';

/** Triangles of one mesh, by role; docs/night-design.md gives the reasons. Roblox refuses meshes over 20,000. */
export const triangleBudget: Record<AssetRole, number> = {
  building: 6000,
  prop: 1500,
  atmosphere: 2000,
  enemy: 4000,
};

type Template = {
  role: AssetRole;
  /** Middle of the range of sizes, in studs. */
  size: SizeStuds;
  /** What it is, for generators that read words. */
  words: string;
};

/** Nights after the season's first from which a recipe is used. The rest are there from the first night. */
const laterRecipes: Readonly<Record<string, number>> = { well: 1, altar: 3, chapel: 5 };

/**
 * What a night is furnished with. Buildings stay under three cells of the map with their variation, props and
 * atmosphere under one, so that what stands in a cell leaves its neighbours free.
 */
const scenery: Readonly<Record<string, Template>> = {
  house: {
    role: 'building',
    size: { x: 21, y: 16, z: 19 },
    words: 'a small abandoned house with a crooked roof',
  },
  shed: { role: 'building', size: { x: 14, y: 10, z: 12 }, words: 'a wooden shed with a sagging door' },
  chapel: {
    role: 'building',
    size: { x: 17, y: 22, z: 21 },
    words: 'a narrow stone chapel with a bell tower',
  },
  fence: { role: 'prop', size: { x: 7, y: 4.5, z: 0.8 }, words: 'a piece of a leaning wooden fence' },
  well: { role: 'prop', size: { x: 6, y: 8, z: 6 }, words: 'an old stone well with a winch' },
  lamp: { role: 'prop', size: { x: 2.6, y: 9, z: 1.6 }, words: 'an iron lamp post with a weak light' },
  coffin: { role: 'prop', size: { x: 3, y: 2, z: 6.5 }, words: 'a plain wooden coffin' },
  altar: { role: 'prop', size: { x: 6, y: 4, z: 3.5 }, words: 'a stone altar with worn carvings' },
  barrel: { role: 'prop', size: { x: 3, y: 4, z: 3 }, words: 'a wooden barrel with iron hoops' },
  crate: { role: 'prop', size: { x: 3.5, y: 3.5, z: 3.5 }, words: 'a nailed wooden crate' },
  gravestone: { role: 'prop', size: { x: 3, y: 4.5, z: 1.2 }, words: 'a weathered gravestone' },
  'dead-tree': {
    role: 'atmosphere',
    size: { x: 6.5, y: 16, z: 6.5 },
    words: 'a bare dead tree with twisted branches',
  },
  rock: { role: 'atmosphere', size: { x: 5, y: 3.5, z: 4.5 }, words: 'a mossy rock' },
  candles: { role: 'atmosphere', size: { x: 2, y: 1.6, z: 2 }, words: 'a cluster of half-burnt candles' },
};

/** A Roblox character is about 5 studs tall: every enemy but the crouching lurker looks down on it. */
const enemies: Readonly<Record<EnemyKind, Template>> = {
  shambler: {
    role: 'enemy',
    size: { x: 4, y: 6, z: 2.5 },
    words: 'a slow hunched figure with dragging arms',
  },
  stalker: { role: 'enemy', size: { x: 3.5, y: 8, z: 2.5 }, words: 'a tall thin figure with long limbs' },
  lurker: { role: 'enemy', size: { x: 5, y: 3.5, z: 6 }, words: 'a low crawling creature on bent limbs' },
  screamer: {
    role: 'enemy',
    size: { x: 4, y: 6.5, z: 3 },
    words: 'a gaunt figure with an oversized open mouth',
  },
  brute: { role: 'enemy', size: { x: 7, y: 9, z: 5 }, words: 'a huge broad-shouldered creature' },
};

/** Meshes that nights do not use, and features do. */
const features: Readonly<Record<string, Template>> = {
  gate: {
    role: 'prop',
    size: { x: 12, y: 10, z: 2.4 },
    words: 'an iron graveyard gate between two stone pillars',
  },
  lantern: { role: 'prop', size: { x: 1.6, y: 2.6, z: 1.6 }, words: 'a hand lantern with a weak flame' },
  scarecrow: { role: 'prop', size: { x: 5, y: 8, z: 2.2 }, words: 'a ragged scarecrow on a pole' },
};

/** Most that an edge differs from its template, as a share of it. */
const sizeVariation = 0.1;

/** Meshes of one recipe in a season. With them a season has 14 × 3 + 5 × 2 = 52 meshes at most. */
const sceneryVariants = 3;
/** A further variant comes into use every so many nights. */
const nightsPerVariant = 4;
/** A kind gets its second mesh so many nights after its first. */
const nightsToSecondEnemy = 5;

/** Uploaded meshes are moderated by their own rules, whatever the game's label: no blood anywhere. */
const tone: Record<Season['audience'], string> = {
  minimal: 'spooky like a storybook, nothing gruesome',
  mild: 'eerie, no blood, no wounds',
  moderate: 'menacing, no blood, no wounds',
  restricted: 'grim and oppressive, no blood, no wounds',
};

/**
 * The meshes of a night: each recipe that is in use with one of its variants, and one or two of each enemy kind
 * that is unlocked. The night chooses among the season's meshes; what they look like does not depend on the night.
 */
export function assetsOfNight(night: number, season: Season, random: Random): AssetSpec[] {
  const nights = nightsIntoSeason(night, season);
  const variantsInUse = Math.min(sceneryVariants, 1 + Math.floor(nights / nightsPerVariant));
  const furnishing = Object.entries(scenery)
    .filter(([recipe]) => nights >= (laterRecipes[recipe] ?? 0))
    .map(([recipe, template]) => seasonAsset(season, recipe, template, random.integer(1, variantsInUse)));
  const hunters = enemyKinds.flatMap((kind) => {
    const since = nights - ((unlockNight(kind, season) ?? Infinity) - season.firstNight);
    const variants = since < 0 ? [] : since < nightsToSecondEnemy ? [1] : [1, 2];
    return variants.map((variant) => seasonAsset(season, kind, enemies[kind], variant));
  });
  return [...furnishing, ...hunters];
}

/**
 * The season's first mesh of a recipe: what a feature or a set of content shares with the nights.
 * @throws RangeError for a recipe that has no template
 */
export function seasonMesh(season: Season, recipe: string): AssetSpec {
  const template = { ...scenery, ...enemies, ...features }[recipe];
  if (template === undefined) throw new RangeError(`no template for the recipe "${recipe}"`);
  return seasonAsset(season, recipe, template, 1);
}

/**
 * One mesh of the season. Everything in it follows from season, recipe and variant, never from the night: so its
 * key in the store is the same on the next night, which finds it there instead of making and uploading it again.
 */
function seasonAsset(season: Season, recipe: string, template: Template, variant: number): AssetSpec {
  const identity = { season: season.seed, recipe, variant };
  const stretch = createRandom({ ...identity, purpose: 'size' });
  const edge = (studs: number) => {
    const factor = 1 + sizeVariation * (2 * stretch.fraction() - 1);
    return Math.round(studs * factor * 100) / 100;
  };
  return {
    id: `${template.role}-${recipe}-${variant}`,
    role: template.role,
    recipe,
    prompt: `${template.words}, for a horror game set in: ${season.theme}; ${tone[season.audience]}; low-poly`,
    sizeStuds: { x: edge(template.size.x), y: edge(template.size.y), z: edge(template.size.z) },
    triangleBudget: triangleBudget[template.role],
    seed: seedOf(identity),
    parameters: {},
  };
}
