import type { AssetSpec, SizeStuds } from '../asset.js';
import { triangleBudget } from '../night-assets.js';
import type { Season } from '../project.js';
import { createRandom, seedOf } from '../random.js';
import { contentRecipe } from './recipes.js';
import type { DraftKind } from './resolve.js';

/** Most that an edge differs from its recipe's, as a share of it. */
export const sizeVariation = 0.15;

/** Shares the variations out by the kinds' weights, one each at least: kind → how many. `count` ≥ kinds. */
export function shareVariations(kinds: readonly Pick<DraftKind, 'share'>[], count: number): number[] {
  const given = kinds.map(() => 1);
  // Highest averages (Sainte-Laguë): the next one goes to the kind that is furthest behind its weight.
  for (let left = count - kinds.length; left > 0; left--) {
    let next = 0;
    kinds.forEach(({ share }, index) => {
      const claim = share / (2 * (given[index] ?? 1) + 1);
      const best = (kinds[next]?.share ?? 0) / (2 * (given[next] ?? 1) + 1);
      if (claim > best) next = index;
    });
    given[next] = (given[next] ?? 0) + 1;
  }
  return given;
}

/** The meshes of one kind: each has its own seed, size and age. Equal requests give equal meshes, which are made once. */
export function variationsOf(
  kind: Pick<DraftKind, 'name' | 'recipe'>,
  count: number,
  content: { id: string; seed: number; season: Pick<Season, 'theme' | 'audience'> },
): AssetSpec[] {
  const recipe = contentRecipe(kind.recipe);
  return Array.from({ length: count }, (_, index) => {
    const identity = { content: content.seed, recipe: kind.recipe, kind: kind.name, variation: index + 1 };
    const random = createRandom({ ...identity, purpose: 'size' });
    const edge = (studs: number) =>
      Math.round(studs * (1 + sizeVariation * (2 * random.fraction() - 1)) * 100) / 100;
    const sizeStuds: SizeStuds = {
      x: edge(recipe.size.x),
      y: edge(recipe.size.y),
      z: edge(recipe.size.z),
    };
    const age = Math.round(((index + 0.5) / count) * 100) / 100;
    const turns = Object.entries(recipe.turns ?? {}).map(
      ([name, choices]) => [name, choices[index % choices.length] ?? ''] as const,
    );
    return {
      id: `${content.id}-${kind.name}-${index + 1}`,
      role: recipe.role,
      recipe: kind.recipe,
      prompt: `${recipe.words}, for a horror game set in: ${content.season.theme}; eerie, no blood, no wounds; low-poly`,
      sizeStuds,
      triangleBudget: triangleBudget[recipe.role],
      seed: seedOf(identity),
      parameters: { ...(recipe.age !== undefined && { [recipe.age]: age }), ...Object.fromEntries(turns) },
    };
  });
}

/** Radius of the circle of ground that the largest of them takes. */
export function footprintRadius(kind: Pick<DraftKind, 'recipe'>, specs: readonly AssetSpec[]): number {
  const { footprint } = contentRecipe(kind.recipe);
  const largest = Math.max(...specs.map(({ sizeStuds: { x, z } }) => Math.hypot(x, z) / 2));
  return Math.round(largest * footprint * 100) / 100;
}
