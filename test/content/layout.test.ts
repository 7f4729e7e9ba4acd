import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import {
  layOutContent,
  proveContent,
  readContentProgram,
  renderContentSvg,
} from '../../src/adapters/content/index.js';
import { createWebRuntime } from '../../src/adapters/luau-tools/index.js';
import { contentTypes } from '../../src/domain/content/request.js';
import { refuseBrokenLayout } from '../../src/domain/content/verdict.js';
import { luauTools } from '../support/luau-tools.js';
import { planOf } from './fixtures.js';

const luau = await luauTools();
const program = await readContentProgram();
const hasKit = luau.runtime.name === 'luau-kit';
afterAll(() => luau.close());

const layOut = (request: unknown) => layOutContent(luau.runtime, program, planOf(request).config);

describe('a layout', () => {
  it('is the same wherever it is made, and another for another seed', async () => {
    const web = createWebRuntime({ parallel: 1 });
    for (const contentType of ['forest', 'dungeon-rooms'] as const) {
      const area = { width: 192, depth: 192 };
      const { config } = planOf({ contentType, area });
      const layout = await layOut({ contentType, area });
      expect(await layOutContent(web, program, config)).toEqual(layout);
      expect((await layOut({ contentType, area, seed: 2 })).points).not.toEqual(layout.points);
      expect(renderContentSvg(config, layout)).toBe(renderContentSvg(config, layout));
    }
  });

  it('keeps every rule, whatever is asked for, where it is not refused', async () => {
    const request = fc.record({
      contentType: fc.constantFrom(...contentTypes),
      seed: fc.nat({ max: 1_000_000 }),
      area: fc.constantFrom({ width: 192, depth: 128 }, { width: 256, depth: 256 }),
      rules: fc.array(
        fc.constantFrom(
          'spacing 6',
          'spacing 12',
          'density 0.5',
          'dead-tree clusters of 4 within 15',
          'dead-tree near rock 20',
          'rock never near dead-tree 9',
          'crate at most 3',
          'keep clear 64 64 within 30',
          'barrel density 3',
          'hall never beside hall',
        ),
        { maxLength: 4 },
      ),
    });
    let laidOut = 0;
    await fc.assert(
      fc.asyncProperty(request, async (wanted) => {
        let plan: ReturnType<typeof planOf>;
        try {
          plan = planOf(wanted);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'InvalidInput' });
          return;
        }
        const layout = await layOutContent(luau.runtime, program, plan.config);
        // Rooms may have no answer; everything else must hold.
        const broken = layout.report.results.filter(({ holds }) => !holds);
        for (const { rule, problem } of broken)
          expect(`${rule}: ${problem}`).toContain('cannot keep their rules');
        laidOut += 1;
      }),
      { numRuns: hasKit ? 60 : 8, seed: 7 },
    );
    expect(laidOut).toBeGreaterThan(0);
  });

  it('says which rooms have no answer, before anything is spent', async () => {
    const request = {
      contentType: 'dungeon-rooms',
      area: { width: 128, depth: 128 },
      rules: [
        'hall never beside hall',
        'hall never beside vault',
        'store never beside store',
        'hall never beside store',
        'store never beside vault',
      ],
    };
    const layout = await layOut(request);
    expect(() => refuseBrokenLayout(planOf(request), layout)).toThrow(
      /rules: got ".*", which cannot be kept with seed 1: .*cannot keep their rules: .*; loosen the rule/,
    );
  });

  it.each(['forest', 'graveyard', 'dungeon-rooms'] as const)(
    'of %s holds under many seeds: rules, limits, order, clean-up',
    { timeout: 120_000 },
    async (contentType) => {
      const { config } = planOf({ contentType });
      expect(await proveContent(luau.runtime, program, { config, seeds: hasKit ? 1000 : 20 })).toEqual([]);
    },
  );

  it('finds what does not hold, and names the seed', async () => {
    const { config } = planOf({ contentType: 'dungeon-rooms' });
    const tiles = config.tiles;
    if (!tiles) throw new Error('no rooms');
    const halls = tiles.kinds.filter(({ name }) => name === 'hall');
    const impossible = {
      ...config,
      kinds: config.kinds.filter(({ name }) => name === 'altar'),
      tiles: { ...tiles, kinds: halls, neverJoined: [{ first: 'hall', second: 'hall' }] },
    };
    const problems = await proveContent(luau.runtime, program, { config: impossible, seeds: 3 });
    expect(problems[0]).toMatch(
      /^seed 1: "every room can be reached" does not hold: .*cannot keep their rules/,
    );
  });
});
