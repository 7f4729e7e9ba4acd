import type { AssetRole, SizeStuds } from '../../../domain/asset.js';
import { invalidInput, type InputProblem } from '../../../domain/failure.js';
import type { Random } from '../random.js';
import type { Model } from './model.js';
import type { Workshop } from './workshop.js';

export type NumberParameter = {
  kind: 'number';
  minimum: number;
  maximum: number;
  default: number;
  description: string;
};
export type ChoiceParameter<Choice extends string = string> = {
  kind: 'choice';
  choices: readonly Choice[];
  default: Choice;
  description: string;
};
export type ParameterTable = Record<string, NumberParameter | ChoiceParameter>;

export type ParameterValues<Table extends ParameterTable> = {
  [Name in keyof Table]: Table[Name] extends ChoiceParameter<infer Choice> ? Choice : number;
};

/**
 * What a recipe builds from. `size` has the proportions of the wanted size and the scale of the default one, so
 * that a plank is as wide as a plank; what it builds is fitted to the wanted size exactly afterwards. A recipe
 * builds its model standing on y = 0 with its front to +z; the finished mesh looks to -z, as Roblox's models do.
 */
export type RecipeInput<Values = Record<string, number | string>> = {
  workshop: Workshop;
  random: Random;
  size: SizeStuds;
  parameters: Values;
};

export type RecipeCard = {
  name: string;
  role: AssetRole;
  description: string;
  defaultSizeStuds: SizeStuds;
  parameters: ParameterTable;
};

export type Recipe = RecipeCard & { build(input: RecipeInput): Model };

/** Checks the recipe's types against its own table of parameters. */
export function defineRecipe<const Table extends ParameterTable>(
  recipe: Omit<RecipeCard, 'parameters'> & {
    parameters: Table;
    build(input: RecipeInput<ParameterValues<Table>>): Model;
  },
): Recipe {
  // The values come from `parseParameters` with this very table.
  return { ...recipe, build: (input) => recipe.build(input as RecipeInput<ParameterValues<Table>>) };
}

export const fraction = (description: string, standard: number): NumberParameter => ({
  kind: 'number',
  minimum: 0,
  maximum: 1,
  default: standard,
  description,
});

export const choice = <const Choice extends string>(
  description: string,
  choices: readonly [Choice, ...Choice[]],
): ChoiceParameter<Choice> => ({ kind: 'choice', choices, default: choices[0], description });

/** Fills in the defaults. @throws InvalidInput that names every unknown or wrong parameter and what there is */
export function parseParameters(
  recipe: RecipeCard,
  given: Readonly<Record<string, number | string>>,
): Record<string, number | string> {
  const problems: InputProblem[] = [];
  const known = Object.keys(recipe.parameters);
  for (const name of Object.keys(given).filter((key) => !known.includes(key))) {
    problems.push({
      field: `parameters.${name}`,
      value: JSON.stringify(given[name]),
      remedy: `the recipe "${recipe.name}" has ${known.length === 0 ? 'no parameters' : `the parameters ${known.join(', ')}`}`,
    });
  }
  const values: Record<string, number | string> = {};
  for (const [name, parameter] of Object.entries(recipe.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const remedy = value === undefined ? undefined : objection(parameter, value);
    if (remedy !== undefined)
      problems.push({ field: `parameters.${name}`, value: JSON.stringify(value), remedy });
    values[name] = value ?? parameter.default;
  }
  if (problems.length > 0) throw invalidInput(`The asset made by the recipe "${recipe.name}"`, problems);
  return values;
}

function objection(parameter: NumberParameter | ChoiceParameter, value: number | string): string | undefined {
  switch (parameter.kind) {
    case 'number': {
      const inRange = typeof value === 'number' && value >= parameter.minimum && value <= parameter.maximum;
      return inRange ? undefined : `expected a number from ${parameter.minimum} to ${parameter.maximum}`;
    }
    case 'choice':
      return typeof value === 'string' && parameter.choices.includes(value)
        ? undefined
        : `expected one of ${parameter.choices.join(', ')}`;
  }
}
