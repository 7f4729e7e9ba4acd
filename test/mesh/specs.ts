import type { AssetRole, AssetSpec } from '../../src/domain/asset.js';
import { proceduralRecipes } from '../../src/adapters/mesh/index.js';

/** The budgets that a night gives, by role. */
const budgets: Record<AssetRole, number> = { building: 6000, prop: 1500, atmosphere: 2000, enemy: 4000 };

/** A spec as a night would write it: the recipe's own size, no parameters. */
export function specOf(recipe: string, changes: Partial<AssetSpec> = {}): AssetSpec {
  const card = proceduralRecipes.find(({ name }) => name === recipe);
  if (!card) throw new Error(`there is no recipe ${recipe}`);
  return {
    id: `${card.role}-${recipe}-1`,
    role: card.role,
    recipe,
    prompt: recipe,
    sizeStuds: card.defaultSizeStuds,
    triangleBudget: budgets[card.role],
    seed: 1,
    parameters: {},
    ...changes,
  };
}

export const unlimited = { signal: new AbortController().signal };
