import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assetSpecSchema } from '../../src/domain/asset.js';
import { canonicalJson } from '../../src/domain/canonical-json.js';
import { GraveshiftError } from '../../src/domain/failure.js';
import type { GridPoint, NightDesign, NightMap } from '../../src/domain/night.js';
import { designNight } from '../../src/domain/night-design.js';
import { cellIndex, coveredCells, reachableFrom } from '../../src/domain/night-grid.js';
import { renderMapSvg } from '../../src/domain/night-map-svg.js';
import { mapProblems } from '../../src/domain/night-proof.js';
import { anyNight, anySeason, season } from './seasons.js';

const design = (night: number, settings: Parameters<typeof season>[0] = {}, project = 'demo') =>
  designNight({ project, night, season: season(settings) });

/** A flood fill written another way than the one under test: row by row until nothing changes any more. */
function floodFrom(map: NightMap): (point: GridPoint) => boolean {
  const blocked = new Set(map.placements.flatMap(coveredCells).map((point) => cellIndex(map, point)));
  const wet = new Set([cellIndex(map, map.playerSpawn)]);
  const isWet = (x: number, y: number) => x >= 0 && x < map.width && wet.has(y * map.width + x);
  for (let before = 0; before !== wet.size;) {
    before = wet.size;
    map.cells.forEach((row, y) =>
      Array.from(row).forEach((symbol, x) => {
        const open = symbol !== '#' && !blocked.has(y * map.width + x);
        if (open && (isWet(x - 1, y) || isWet(x + 1, y) || isWet(x, y - 1) || isWet(x, y + 1))) {
          wet.add(y * map.width + x);
        }
      }),
    );
  }
  return ({ x, y }) => isWet(x, y);
}

function expectPlayable({ map, difficulty, assets }: NightDesign) {
  expect(mapProblems(map, difficulty, assets)).toEqual([]);
  const wet = floodFrom(map);
  for (const point of [...map.objectives, ...map.hidingPlaces, ...map.loot, ...map.enemySpawns]) {
    expect(wet(point), `${point.x},${point.y}`).toBe(true);
  }
  expect(map.objectives).toHaveLength(difficulty.objectiveCount);
  expect(map.objectives.at(-1)!.kind).toBe('escape');
  expect(new Set(map.objectives.map((one) => one.roomId)).size).toBe(map.objectives.length);
  expect(new Set(map.enemySpawns.map((spawn) => spawn.kind))).toEqual(new Set(difficulty.enemyKinds));
  for (const spawn of map.enemySpawns) {
    const studs = Math.hypot(spawn.x - map.playerSpawn.x, spawn.y - map.playerSpawn.y) * map.cellStuds;
    expect(studs).toBeGreaterThan(difficulty.sightRange);
  }
}

describe('the design of a night', () => {
  it('is valid and playable on any night of any season', () => {
    fc.assert(
      fc.property(
        anyNight,
        anySeason,
        fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
        (night, any, project) => {
          const made = designNight({ project, night, season: any });
          expectPlayable(made);
          for (const asset of made.assets) assetSpecSchema.parse(asset);
          expect(new Set(made.assets.map((asset) => asset.id)).size).toBe(made.assets.length);
          expect(made.assets.length).toBeGreaterThanOrEqual(12);
          expect(made.assets.length).toBeLessThanOrEqual(24);
          expect(JSON.stringify(made).length).toBeLessThan(32 * 1024);
          expect(renderMapSvg(made).length).toBeLessThan(24 * 1024);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is the same whenever it is asked for, and another for another night, season or project', () => {
    const once = canonicalJson(design(7));
    expect(canonicalJson(design(7))).toBe(once);
    const maps = [design(7), design(8), design(7, { seed: 2 }), design(7, {}, 'other')].map((made) =>
      canonicalJson(made.map),
    );
    expect(new Set(maps).size).toBe(4);
  });

  it('reuses the season’s meshes: an asset is equal on every night that has it', () => {
    const seen = new Map<string, string>();
    let used = 0;
    for (let night = 1; night <= 60; night++) {
      for (const asset of design(night).assets) {
        used += 1;
        const spec = canonicalJson(asset);
        expect(seen.get(asset.id) ?? spec, asset.id).toBe(spec);
        seen.set(asset.id, spec);
      }
    }
    expect(seen.size).toBeLessThanOrEqual(52);
    expect(used).toBeGreaterThan(20 * seen.size);
    const other = design(1, { seed: 2 }).assets[0]!;
    expect(other.seed).not.toBe(design(1).assets[0]!.seed);
  });

  it('has meshes for every enemy kind that is unlocked, and all that a night needs', () => {
    const first = design(1);
    expect(first.assets).toHaveLength(12);
    expect(first.assets.filter((asset) => asset.role === 'enemy').map((asset) => asset.recipe)).toEqual([
      'shambler',
    ]);
    const late = design(60);
    expect(late.assets).toHaveLength(24);
    for (const kind of late.difficulty.enemyKinds) {
      expect(late.assets.filter((asset) => asset.recipe === kind)).toHaveLength(2);
    }
    expect(new Set(late.assets.map((asset) => asset.role))).toEqual(
      new Set(['building', 'prop', 'atmosphere', 'enemy']),
    );
  });

  it('never has fewer assets on a later night, and never too many triangles on the map', () => {
    let before = 0;
    for (let night = 1; night <= 40; night++) {
      const { assets, map } = design(night, { audience: 'restricted', curve: 'brutal' });
      expect(assets.length).toBeGreaterThanOrEqual(before);
      before = assets.length;
      const budget = new Map(assets.map((asset) => [asset.id, asset.triangleBudget]));
      const triangles = map.placements.reduce((sum, one) => sum + budget.get(one.assetId)!, 0);
      expect(triangles).toBeLessThanOrEqual(200_000);
    }
  });

  it('names the theme in every prompt and asks for no blood', () => {
    for (const audience of ['minimal', 'mild', 'moderate', 'restricted'] as const) {
      for (const { prompt } of design(30, { theme: 'flooded mine', audience }).assets) {
        expect(prompt).toContain('flooded mine');
        expect(prompt).toMatch(/no blood|nothing gruesome/);
      }
    }
  });

  it.each([0, -1, 1.5, 1001, 1e9, NaN])('refuses night %s', (night) => {
    expect(() => design(night)).toThrow(
      expect.objectContaining({
        name: 'InvalidInput',
        message: expect.stringContaining('1 to 1000') as string,
      }) as Error,
    );
    expect(() => design(night)).toThrow(GraveshiftError);
  });
});

describe('the proof of a map', () => {
  const good = design(8);
  const problemsWith = (change: Partial<NightMap>) =>
    mapProblems({ ...good.map, ...change }, good.difficulty, good.assets);
  const { map } = good;

  it('finds nothing in a good map', () => expect(problemsWith({})).toEqual([]));

  it('finds an objective that is walled in', () => {
    const target = map.objectives[0]!;
    const around = new Set(
      [-1, 0, 1].flatMap((dy) =>
        [-1, 0, 1].map((dx) => cellIndex(map, { x: target.x + dx, y: target.y + dy })),
      ),
    );
    around.delete(cellIndex(map, target));
    const cells = map.cells.map((row, y) =>
      Array.from(row)
        .map((symbol, x) => (around.has(y * map.width + x) ? '#' : symbol))
        .join(''),
    );
    expect(problemsWith({ cells })).toContain(`objective-1 at ${target.x},${target.y} cannot be reached`);
    expect(reachableFrom({ ...map, cells })(target)).toBe(false);
  });

  it('finds a crate put into the only door', () => {
    // The cell whose blocking cuts most off, by trying every corridor cell.
    const assetId = good.assets.find((asset) => asset.recipe === 'crate')!.id;
    const cut = map.cells.flatMap((row, y) =>
      Array.from(row).flatMap((symbol, x) => {
        if (symbol !== ',') return [];
        const placements = [...map.placements, { assetId, x, y, span: 1, rotation: 0 }];
        return problemsWith({ placements }).filter((problem) => problem.includes('cannot be reached'));
      }),
    );
    expect(cut.length).toBeGreaterThan(0);
  });

  it.each<[string, Partial<NightMap>, RegExp]>([
    ['a missing objective', { objectives: map.objectives.slice(1) }, /4 objectives, expected 5/],
    [
      'two ways out',
      { objectives: map.objectives.map((one) => ({ ...one, kind: 'escape' })) },
      /5 ways to escape/,
    ],
    ['loot in a wall', { loot: [{ x: 0, y: 0 }, ...map.loot.slice(1)] }, /loot at 0,0 cannot be reached/],
    ['two things on one cell', { hidingPlaces: [map.playerSpawn] }, /two things are on one cell/],
    [
      'a gap in the outer wall',
      { cells: [`.${map.cells[0]!.slice(1)}`, ...map.cells.slice(1)] },
      /outer wall/,
    ],
    ['a row too few', { cells: map.cells.slice(1) }, /rows of/],
    [
      'two assets in one place',
      { placements: [...map.placements, map.placements.at(-1)!] },
      /hold two assets/,
    ],
    [
      'an asset in a wall',
      { placements: [...map.placements, { ...map.placements[0]!, x: 1, y: 0 }] },
      /in walls/,
    ],
    [
      'an asset that nobody made',
      { placements: [{ ...map.placements[0]!, assetId: 'x' }] },
      /is not an asset/,
    ],
    ['an asset that stands nowhere', { placements: [] }, /stands nowhere/],
    ['no lamp', { lamps: [] }, /no lamp/],
    ['too long a way', { cellStuds: 80 }, /s to finish/],
  ])('finds %s', (_name, change, problem) => {
    expect(problemsWith(change).join('\n')).toMatch(problem);
  });
});

describe('the picture of a map', () => {
  it('is well-formed and escapes the theme', () => {
    const svg = renderMapSvg(design(3, { theme: `<script>&"it's"` }));
    expect(svg).not.toContain('<script>');
    expect(svg.match(/<(svg|title|text)\b/g)!.length).toBe(svg.match(/<\/(svg|title|text)>/g)!.length);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
