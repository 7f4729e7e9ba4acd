import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseParameters } from '../../src/adapters/mesh/procedural/recipe.js';
import { proceduralRecipes } from '../../src/adapters/mesh/procedural/recipes.js';
import { contentInputSchema, requestOf } from '../../src/domain/content/input.js';
import { contentRecipes } from '../../src/domain/content/recipes.js';
import { contentTypes } from '../../src/domain/content/request.js';
import { ruleForms, ruleSchema } from '../../src/domain/content/rule.js';
import { shareVariations } from '../../src/domain/content/variations.js';
import { parseInput } from '../../src/domain/parse-input.js';
import { planOf } from './fixtures.js';

const refused = (request: unknown): string => {
  try {
    const input = parseInput(contentInputSchema, 'the input of proceduralContent', request);
    planOf(requestOf(input));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('a content request', () => {
  it.each(contentTypes)('needs no more than its type: %s', (contentType) => {
    const plan = planOf({ contentType });
    expect(plan.config).toMatchObject({ id: contentType, contentType, seed: 1 });
    expect(plan.assets).toHaveLength(12);
    expect(new Set(plan.assets.map(({ id }) => id)).size).toBe(12);
    for (const kind of plan.config.kinds) expect(kind.variations.length).toBeGreaterThan(0);
  });

  it.each<[problem: string, request: object, names: RegExp]>([
    ['an unknown type', { contentType: 'jungle' }, /contentType: got "jungle"/],
    ['an unknown field', { contentType: 'forest', variations: 3 }, /variations: .*nothing reads this field/],
    ['no rule', { contentType: 'forest', rules: ['keep it tidy'] }, /rules\[0\]: .*expected a rule such as/],
    [
      'a rule for nobody',
      { contentType: 'forest', rules: ['oak spacing 8'] },
      /rules\[0\]: got "oak"; expected one of the kinds: dead-tree/,
    ],
    [
      'production',
      { contentType: 'forest', environment: 'production' },
      /environment: .*staging environment/,
    ],
    [
      'too few variations',
      { contentType: 'forest', variationCount: 2 },
      /variationCount: got 2; expected at least 4/,
    ],
    [
      'nothing at all',
      { contentType: 'forest', without: ['dead-tree', 'rock', 'stump', 'lantern'] },
      /without: got every kind/,
    ],
    [
      'an unloading that is nearer than the loading',
      { contentType: 'forest', streaming: { radius: 200, unloadRadius: 100 } },
      /streaming\.unloadRadius: got 100; expected at least streaming\.radius, 200/,
    ],
    [
      'more in range than may live',
      {
        contentType: 'forest',
        rules: ['rock density 20', 'rock spacing 3'],
        performance: { maxInstances: 500 },
      },
      /performance\.maxInstances: got 500; the densities put about \d+ into a player's range/,
    ],
    [
      'more parts than may live',
      { contentType: 'dungeon-rooms', performance: { maxParts: 100 } },
      /performance\.maxParts: got 100/,
    ],
    [
      'a density that the spacing forbids',
      { contentType: 'forest', rules: ['rock spacing 40', 'rock density 5'] },
      /rules \(rock spacing\): got rock 40 studs apart with a density of 5; at most 0\.41 .* say "rock spacing 11\.\d"/,
    ],
    [
      'a rule that is longer than a chunk',
      { contentType: 'forest', rules: ['lantern near rock 90'] },
      /streaming\.chunkStuds: got 64; expected at least 90 studs/,
    ],
    [
      'near, and never near',
      { contentType: 'forest', rules: ['rock near dead-tree 10', 'rock never near dead-tree 12'] },
      /rules \(rock near dead-tree\): got 10 studs; expected more than 12 studs/,
    ],
    [
      'a circle',
      { contentType: 'forest', rules: ['rock near lantern 20', 'dead-tree near rock 20'] },
      /rules \(near\): got a circle of dead-tree, rock, lantern/,
    ],
    [
      'near what is not there',
      { contentType: 'forest', rules: ['dead-tree at most 0'] },
      /rules \(lantern near dead-tree\): got dead-tree, of which there are none/,
    ],
    [
      'near itself',
      { contentType: 'forest', rules: ['rock near rock 20'] },
      /say "rock clusters of 3 within 20" instead/,
    ],
    [
      'a biome that is not there',
      { contentType: 'forest', rules: ['rock only in swamp'] },
      /rules \(rock only in\): got "swamp"; expected one of: thicket, clearing/,
    ],
    [
      'shares that are no whole',
      {
        contentType: 'forest',
        biomes: {
          shares: [
            { name: 'thicket', share: 0.5 },
            { name: 'clearing', share: 0.4 },
          ],
        },
      },
      /biomes\.shares: got shares that add up to 0\.9/,
    ],
    [
      'nowhere to stand',
      { contentType: 'forest', rules: ['keep clear 256 256 within 500'] },
      /rules \(keep clear\): .*covers the whole area/,
    ],
    [
      'a house in a cupboard',
      { contentType: 'village', area: { width: 24, depth: 24 } },
      /area: got 24 × 24 studs; expected room for a house/,
    ],
    [
      'groups without room',
      { contentType: 'graveyard', rules: ['crypt clusters of 4 within 5'] },
      /kinds \(crypt\)\.cluster\.radius: got 5/,
    ],
    [
      'clusters of nothing',
      { contentType: 'forest', kinds: [{ name: 'rock', pattern: 'clusters' }] },
      /kinds \(rock\)\.cluster: got nothing/,
    ],
    [
      'a kind without a recipe',
      { contentType: 'forest', kinds: [{ name: 'totem' }] },
      /kinds\[0\]\.recipe: got nothing; "totem" is not in the preset/,
    ],
    [
      'rooms that do not fit',
      { contentType: 'dungeon-rooms', area: { width: 500 } },
      /area\.width: got 500; expected a multiple of 32, the size of a room: 480 or 512/,
    ],
    [
      'slopes on flat ground',
      { contentType: 'forest', rules: ['rock slope at most 20'] },
      /rules\[0\]: got a slope of at most 20 degrees on flat ground; say ground: "world"/,
    ],
    [
      'rooms in a forest',
      { contentType: 'forest', rules: ['hall never beside vault'] },
      /rules\[0\]: got "hall"; forest has no rooms/,
    ],
    [
      'more than memory holds',
      { contentType: 'forest', cacheSize: 5000, performance: { memoryMegabytes: 20 } },
      /performance\.memoryMegabytes: got 20; .* take about \d+ MB/,
    ],
    [
      'too many chunks',
      { contentType: 'scatter-props', area: { width: 8192, depth: 8192 }, streaming: { chunkStuds: 32 } },
      /streaming\.chunkStuds: got 32, which makes 65536 chunks/,
    ],
  ])('is refused with the field and the remedy: %s', (_problem, request, names) => {
    expect(refused(request)).toMatch(names);
  });

  it('says everything that is wrong at once', () => {
    const message = refused({
      contentType: 'forest',
      streaming: { radius: 200, unloadRadius: 100 },
      rules: ['rock only in swamp', 'rock spacing 40', 'rock density 5'],
    });
    expect(message.split('\n')).toHaveLength(4);
  });

  it('adds kinds, changes those of the preset, and leaves some out', () => {
    const { config, assets } = planOf({
      contentType: 'forest',
      id: 'north-wood',
      without: ['dead-tree', 'stump'],
      kinds: [
        { name: 'rock', maximum: 5 },
        { name: 'grave', recipe: 'gravestone', density: 0.5, spacing: 9 },
      ],
    });
    expect(config.id).toBe('north-wood');
    expect(config.kinds.map(({ name }) => name)).toEqual(['rock', 'lantern', 'grave']);
    expect(config.kinds[0]).toMatchObject({ maximum: 5, spacing: 7 });
    // A tree was what lanterns stood near.
    expect(config.kinds[1]?.near).toEqual([]);
    expect(assets.filter(({ recipe }) => recipe === 'gravestone').length).toBeGreaterThan(0);
  });

  it('reads each form of a rule, in words and as data', () => {
    const read = (value: unknown) => ruleSchema.parse(value);
    expect(read('spacing 8')).toEqual({ rule: 'spacing', kind: undefined, studs: 8 });
    expect(read('  Rock   SPACING 8.5 ')).toEqual({ rule: 'spacing', kind: 'rock', studs: 8.5 });
    expect(read('rock density 2')).toEqual({ rule: 'density', kind: 'rock', density: 2 });
    expect(read('rock near well 9')).toEqual({ rule: 'near', kind: 'rock', of: 'well', studs: 9 });
    expect(read('rock never near well 9')).toEqual({
      rule: 'never-near',
      kind: 'rock',
      of: 'well',
      studs: 9,
    });
    expect(read('chapel at most 1')).toEqual({ rule: 'at-most', kind: 'chapel', count: 1 });
    expect(read('rock clusters of 4 within 6')).toEqual({
      rule: 'clusters',
      kind: 'rock',
      size: 4,
      studs: 6,
    });
    expect(read('rock only in bog, wood')).toEqual({
      rule: 'only-in',
      kind: 'rock',
      biomes: ['bog', 'wood'],
    });
    expect(read('slope at most 20')).toEqual({ rule: 'slope', kind: undefined, degrees: 20 });
    expect(read('keep clear 10 20 within 5')).toEqual({ rule: 'keep-clear', x: 10, z: 20, studs: 5 });
    expect(read('hall never beside vault')).toEqual({ rule: 'never-joined', kind: 'hall', of: 'vault' });
    expect(read({ rule: 'spacing', studs: 3 })).toEqual({ rule: 'spacing', studs: 3 });
    expect(ruleForms).toHaveLength(10);
  });

  it('takes its own answer again: what a workflow parsed, an activity parses', () => {
    const input = parseInput(contentInputSchema, 'the input', {
      contentType: 'forest',
      rules: ['rock spacing 8', 'spacing 9'],
    });
    const once = requestOf(input);
    expect(planOf(JSON.parse(JSON.stringify(once)))).toEqual(planOf(once));
  });
});

describe('variations', () => {
  it('are shared out completely, one each at least, by weight', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 40 }),
        (weights, more) => {
          const kinds = weights.map((share) => ({ share }));
          const counts = shareVariations(kinds, kinds.length + more);
          expect(counts.reduce((sum, one) => sum + one, 0)).toBe(kinds.length + more);
          for (const count of counts) expect(count).toBeGreaterThan(0);
          weights.forEach((weight, index) => {
            weights.forEach((other, second) => {
              if (weight > other) expect(counts[index]).toBeGreaterThanOrEqual(counts[second] ?? 0);
            });
          });
        },
      ),
    );
  });

  it('are what the procedural generator can make, and differ', () => {
    const byName = new Map(proceduralRecipes.map((recipe) => [recipe.name, recipe]));
    for (const name of Object.keys(contentRecipes)) {
      const plan = planOf({
        contentType: 'scatter-props',
        without: ['crate', 'barrel', 'lantern', 'scarecrow'],
        kinds: [{ name: 'thing', recipe: name, density: 0.01 }],
        variationCount: 4,
      });
      const recipe = byName.get(name);
      if (recipe === undefined) throw new Error(`there is no recipe ${name}`);
      for (const spec of plan.assets) {
        expect(spec.role).toBe(recipe.role);
        expect(() => parseParameters(recipe, spec.parameters)).not.toThrow();
      }
      expect(new Set(plan.assets.map(({ seed }) => seed)).size).toBe(4);
    }
  });

  it('do not depend on the name of the content: another one finds their meshes', () => {
    const mesh = ({ seed, sizeStuds, parameters }: ReturnType<typeof planOf>['assets'][number]) => ({
      seed,
      sizeStuds,
      parameters,
    });
    const first = planOf({ contentType: 'forest' }).assets.map(mesh);
    expect(planOf({ contentType: 'forest', id: 'other' }).assets.map(mesh)).toEqual(first);
    expect(planOf({ contentType: 'forest', seed: 2 }).assets.map(mesh)).not.toEqual(first);
  });
});
