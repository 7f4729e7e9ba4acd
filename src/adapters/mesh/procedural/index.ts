export { createProceduralGenerator } from './generator.js';
export { proceduralRecipes } from './recipes.js';
export type { RecipeCard } from './recipe.js';
