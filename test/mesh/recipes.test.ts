import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  createProceduralGenerator,
  loadGeometryKernel,
  proceduralRecipes,
  readGlb,
  validateMesh,
  type GeometryKernel,
} from '../../src/adapters/mesh/index.js';
import type { AssetSpec, SizeStuds } from '../../src/domain/asset.js';
import { enemyKinds } from '../../src/domain/night.js';
import { designNight } from '../../src/domain/night-design.js';
import { seasonSchema } from '../../src/domain/project.js';
import { specOf, unlimited } from './specs.js';

/** Every recipe can be made with so few triangles. */
const tinyBudget = 1400;

const generator = createProceduralGenerator();
let kernel: GeometryKernel;

beforeAll(async () => {
  kernel = await loadGeometryKernel();
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function makeValid(spec: AssetSpec): Promise<Uint8Array> {
  const { glb, statistics } = await generator.generate(spec, unlimited);
  // With a kernel of its own, from the bytes alone.
  const judged = await validateMesh(glb, spec, kernel);
  expect(judged.statistics).toEqual(statistics);
  expect(statistics.watertight).toBe(true);
  expect(statistics.volume).toBeGreaterThan(0);
  expect(statistics.triangles).toBeLessThanOrEqual(spec.triangleBudget);
  for (const axis of ['x', 'y', 'z'] as const) {
    expect(statistics.sizeStuds[axis]).toBeCloseTo(spec.sizeStuds[axis], 3);
  }
  return glb;
}

async function expectOnTheGround(glb: Uint8Array): Promise<void> {
  const positions = (await readGlb(glb)).flatMap((primitive) => Array.from(primitive.positions));
  const along = (axis: number) => positions.filter((_, index) => index % 3 === axis);
  const lowest = (values: number[]) => values.reduce((low, value) => Math.min(low, value), Infinity);
  const highest = (values: number[]) => values.reduce((high, value) => Math.max(high, value), -Infinity);
  expect(lowest(along(1))).toBeCloseTo(0, 4);
  for (const axis of [0, 2]) expect(lowest(along(axis)) + highest(along(axis))).toBeCloseTo(0, 3);
}

describe.each(proceduralRecipes)('recipe $name', ({ name }) => {
  it('makes a valid, watertight mesh within budget, centred on the ground; another one for another seed', async () => {
    const first = await makeValid(specOf(name, { seed: 1 }));
    await expectOnTheGround(first);
    const second = await makeValid(specOf(name, { seed: 4_294_967_295 }));
    expect(digest(second)).not.toBe(digest(first));
    // Not only the seed that is written into it.
    const [one, other] = await Promise.all([readGlb(first), readGlb(second)]);
    expect(other.map(({ positions }) => digest(new Uint8Array(positions.buffer)))).not.toEqual(
      one.map(({ positions }) => digest(new Uint8Array(positions.buffer))),
    );
  });

  it('fits a tiny budget, and repeats itself to the byte in another generator', async () => {
    const spec = specOf(name, { seed: 7, triangleBudget: tinyBudget });
    const glb = await makeValid(spec);
    const again = await createProceduralGenerator().generate(spec, unlimited);
    expect(digest(again.glb)).toBe(digest(glb));
  });
});

describe('parameters', () => {
  /** Every choice, and both ends of every range; one mesh tries one value of each parameter. */
  const extremes = proceduralRecipes.flatMap(({ name, parameters }) => {
    const values = Object.entries(parameters).map(([parameter, table]) => ({
      parameter,
      tried: table.kind === 'number' ? [table.minimum, table.maximum] : table.choices,
    }));
    const most = Math.max(...values.map(({ tried }) => tried.length));
    return Array.from({ length: most }, (_, round) => ({
      name,
      parameters: Object.fromEntries(
        values.map(({ parameter, tried }) => [parameter, tried[round % tried.length]!]),
      ),
    }));
  });

  it.each(extremes)('$name takes $parameters', async ({ name, parameters }) => {
    await makeValid(specOf(name, { parameters, seed: 11 }));
  });

  it.each([
    [{ parameters: { rot: 1 } }, 'parameters.rot', 'decay, windows'],
    [{ parameters: { decay: 1.2 } }, 'parameters.decay: got 1.2', 'from 0 to 1'],
    [{ parameters: { decay: Number.NaN } }, 'parameters.decay', 'from 0 to 1'],
    [{ parameters: { decay: 'much' } }, 'parameters.decay: got "much"', 'from 0 to 1'],
    [{ parameters: { windows: 'stained' } }, 'got "stained"', 'lit, dark, boarded'],
    [{ parameters: { constructor: 1 } }, 'parameters.constructor', 'decay, windows'],
    [{ recipe: 'castle' }, 'got "castle"', 'house, chapel, crypt'],
    [{ sizeStuds: { x: 2000, y: 3, z: 3 } }, 'sizeStuds: got 2000 × 3 × 3', 'at most 100 times'],
  ])('refuses %o, naming it and what there is', async (changes, named, remedy) => {
    const refused = generator.generate(specOf('house', changes), unlimited);
    await expect(refused).rejects.toMatchObject({ kind: 'InvalidInput' });
    await expect(refused).rejects.toThrow(named);
    await expect(refused).rejects.toThrow(remedy);
  });
});

describe('the procedural generator', () => {
  it('has a recipe for every enemy kind and for all that a night asks for', () => {
    const known = proceduralRecipes.map(({ name }) => name);
    const late = designNight({ project: 'village', night: 60, season: seasonSchema.parse({}) });
    expect(known).toEqual(expect.arrayContaining([...enemyKinds]));
    expect(known).toEqual(expect.arrayContaining(late.assets.map(({ recipe }) => recipe)));
    expect(new Set(known).size).toBe(known.length);
  });

  it('makes any size and seed', async () => {
    const size = fc.record<SizeStuds>({
      x: fc.double({ min: 0.5, max: 40, noNaN: true }),
      y: fc.double({ min: 0.5, max: 40, noNaN: true }),
      z: fc.double({ min: 0.5, max: 40, noNaN: true }),
    });
    const seed = fc.integer({ min: 0, max: 0xffff_ffff });
    const recipe = fc.constantFrom(...proceduralRecipes.map(({ name }) => name));
    await fc.assert(
      fc.asyncProperty(recipe, size, seed, async (name, sizeStuds, chosen) => {
        await makeValid(specOf(name, { sizeStuds, seed: chosen }));
      }),
      { numRuns: 25 },
    );
  });

  it('says what a recipe needs when the budget is impossible', async () => {
    await expect(
      generator.generate(specOf('lurker', { triangleBudget: 12 }), unlimited),
    ).rejects.toMatchObject({
      kind: 'AssetGenerationFailure',
      message: expect.stringMatching(
        /"lurker" cannot make .* with 12 triangles: its coarsest form has \d+/,
      ) as unknown,
      details: { rule: 'triangles' },
    });
  });

  it('stops between two stages when it is cancelled', async () => {
    const controller = new AbortController();
    const making = generator.generate(specOf('house'), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(making).rejects.toThrow('enough');
  });

  it('frees what it modelled: fifty meshes cost no more memory than five', async () => {
    const made = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        await generator.generate(specOf('fence', { seed: index }), unlimited);
      }
      return process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    };
    const before = await made(5);
    const after = await made(50);
    expect(after - before).toBeLessThan(48 * 1024 * 1024);
  });
});
