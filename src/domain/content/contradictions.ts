import type { AssetSpec } from '../asset.js';
import type { InputProblem } from '../failure.js';
import type { ContentConfig, ContentKind } from './config.js';
import type { ContentRequest } from './request.js';
import { describeStuds as studs, groundInRange, groundShare, leastSpacing } from './measures.js';
import { memoryMegabytes, piecesPerCell } from './memory.js';

/** A layout has at most this many things: it is laid out and looked at as a whole before anything is spent. */
const mostPlacements = 100_000;
const mostChunks = 10_000;
/** Points with distance s never fill more than this share of 1 / s² of ground by chance (even patterns; 0.7 at best). */
const densestRandom = 0.66;

/** Everything that cannot be together in what was asked for; each with what to change. */
export function findContradictions(
  request: ContentRequest,
  config: ContentConfig,
  assets: readonly AssetSpec[],
): InputProblem[] {
  return [
    ...streamingProblems(request, config),
    ...config.kinds.flatMap((kind) => [...kindProblems(kind, config), ...adjacencyProblems(kind, config)]),
    ...nearCircles(config),
    ...biomeProblems(config),
    ...areaProblems(config),
    ...groundProblems(request),
    ...loadProblems(request, config, assets),
  ];
}

function streamingProblems({ streaming }: ContentRequest, config: ContentConfig): InputProblem[] {
  const problems: InputProblem[] = [];
  if (streaming.unloadRadius < streaming.radius) {
    problems.push({
      field: 'streaming.unloadRadius',
      value: String(streaming.unloadRadius),
      remedy: `expected at least streaming.radius, ${streaming.radius}: what is loaded would be unloaded at once`,
    });
  }
  const farthest = Math.max(
    ...config.kinds.flatMap((kind) => [
      leastSpacing(kind),
      2 * kind.radius,
      ...[...kind.near, ...kind.neverNear].map(({ within }) => within),
    ]),
  );
  if (farthest > streaming.chunkStuds) {
    problems.push({
      field: 'streaming.chunkStuds',
      value: String(streaming.chunkStuds),
      remedy: `expected at least ${studs(Math.ceil(farthest))}, the longest distance of a rule: rules reach into the next chunk, not further`,
    });
  }
  const chunks = Math.ceil(config.width / config.chunkStuds) * Math.ceil(config.depth / config.chunkStuds);
  if (chunks > mostChunks) {
    problems.push({
      field: 'streaming.chunkStuds',
      value: `${config.chunkStuds}, which makes ${chunks} chunks`,
      remedy: `expected at least ${Math.ceil(Math.sqrt((config.width * config.depth) / mostChunks))}: ${mostChunks} chunks at most`,
    });
  }
  return problems;
}

function kindProblems(kind: ContentKind, config: ContentConfig): InputProblem[] {
  const problems: InputProblem[] = [];
  const least = leastSpacing(kind);
  const most = (densestRandom * 1000) / least ** 2;
  // A density that a maximum keeps far from its end is only a way to say "somewhere".
  const wanted = Math.min(kind.density, (kind.maximum * 1000) / (config.width * config.depth));
  if (wanted > most) {
    const apart = Math.floor(Math.sqrt((densestRandom * 1000) / wanted) * 10) / 10;
    problems.push({
      field: `rules (${kind.name} spacing)`,
      value: `${kind.name} ${studs(least)} apart with a density of ${kind.density}`,
      remedy:
        `at most ${most.toFixed(2)} per 1,000 square studs fit with that spacing: ` +
        (apart >= 2 * kind.radius
          ? `say "${kind.name} spacing ${apart}", or a lower density`
          : `ask for a lower density (one takes ${studs(2 * kind.radius)})`),
    });
  }
  if (2 * kind.radius > Math.min(config.width, config.depth)) {
    problems.push({
      field: 'area',
      value: `${config.width} × ${config.depth} studs`,
      remedy: `expected room for a ${kind.name}, ${studs(2 * kind.radius)} across; or leave it out by without: ["${kind.name}"]`,
    });
  }
  if (kind.pattern === 'clusters' && kind.cluster === undefined) {
    problems.push({
      field: `kinds (${kind.name}).cluster`,
      value: 'nothing',
      remedy: `expected {"size": …, "radius": …}, since its pattern is "clusters"`,
    });
  }
  if (kind.pattern === 'clusters' && kind.cluster && kind.cluster.radius * 2 < least) {
    problems.push({
      field: `kinds (${kind.name}).cluster.radius`,
      value: String(kind.cluster.radius),
      remedy: `expected at least ${studs(least / 2)}: two that are ${studs(least)} apart do not fit in one group`,
    });
  }
  return problems;
}

function adjacencyProblems(kind: ContentKind, config: ContentConfig): InputProblem[] {
  const byName = new Map(config.kinds.map((one) => [one.name, one]));
  return kind.near.flatMap(({ kind: name, within }): InputProblem[] => {
    const other = byName.get(name);
    const field = `rules (${kind.name} near ${name})`;
    if (name === kind.name) {
      return [
        {
          field,
          value: `${kind.name} near itself`,
          remedy: `say "${kind.name} clusters of 3 within ${within}" instead`,
        },
      ];
    }
    if (other === undefined) return [];
    const never = [...kind.neverNear, ...other.neverNear]
      .filter(({ kind: one }) => one === name || one === kind.name)
      .map((one) => one.within);
    const least = Math.max(kind.radius + other.radius, ...never);
    const problems: InputProblem[] = [];
    if (within <= least) {
      problems.push({
        field,
        value: studs(within),
        remedy: `expected more than ${studs(least)}: nearer than that they would touch, or a rule says never`,
      });
    }
    if (other.maximum === 0 || other.density === 0) {
      problems.push({
        field,
        value: `${name}, of which there are none`,
        remedy: `give ${name} a density above 0, or take the rule out`,
      });
    }
    return problems;
  });
}

/** A near B near A: neither could be the first. */
function nearCircles(config: ContentConfig): InputProblem[] {
  const near = new Map(config.kinds.map(({ name, near: list }) => [name, list.map(({ kind }) => kind)]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (near.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  const inCircle = config.kinds
    .map(({ name }) => name)
    .filter((name) => !(near.get(name) ?? []).includes(name) && reaches(name, name, new Set()));
  if (inCircle.length === 0) return [];
  return [
    {
      field: 'rules (near)',
      value: `a circle of ${inCircle.join(', ')}`,
      remedy: 'take one of these rules out: each waits for another to be placed first',
    },
  ];
}

function biomeProblems({ kinds, biomes, tiles }: ContentConfig): InputProblem[] {
  const names = tiles
    ? tiles.kinds.map(({ name }) => name)
    : [...new Set([...biomes.shares.map(({ name }) => name), ...biomes.zones.map(({ biome }) => biome)])];
  const problems = kinds.flatMap((kind) =>
    kind.biomes
      .filter((biome) => !names.includes(biome))
      .map((biome) => ({
        field: `rules (${kind.name} only in)`,
        value: `"${biome}"`,
        remedy: `expected one of: ${names.join(', ') || 'none, since the content has no biomes'}`,
      })),
  );
  const sum = biomes.shares.reduce((total, { share }) => total + share, 0);
  if (biomes.shares.length > 0 && Math.abs(sum - 1) > 0.001) {
    problems.push({
      field: 'biomes.shares',
      value: `shares that add up to ${Number(sum.toFixed(3))}`,
      remedy: 'expected shares that add up to 1',
    });
  }
  return problems;
}

function groundProblems({ ground, rules }: ContentRequest): InputProblem[] {
  return rules.flatMap((rule, index) =>
    rule.rule !== 'slope' || ground === 'world'
      ? []
      : [
          {
            field: `rules[${index}]`,
            value: `a slope of at most ${rule.degrees} degrees on flat ground`,
            remedy:
              'say ground: "world", so that content stands on terrain and tagged parts; or leave the rule out',
          },
        ],
  );
}

function areaProblems(config: ContentConfig): InputProblem[] {
  const { width, depth, tiles, keepClear, chunkStuds } = config;
  const problems: InputProblem[] = [];
  keepClear.forEach(({ x, z, radius }) => {
    const corner = Math.max(
      ...[0, width].flatMap((left) => [0, depth].map((top) => Math.hypot(left - x, top - z))),
    );
    if (corner <= radius) {
      problems.push({
        field: 'rules (keep clear)',
        value: `${studs(radius)} around (${x}, ${z})`,
        remedy: 'it covers the whole area: nothing could stand anywhere',
      });
    }
  });
  if (tiles) {
    for (const [field, value] of [
      ['area.width', width],
      ['area.depth', depth],
      ['streaming.chunkStuds', chunkStuds],
    ] as const) {
      if (value % tiles.cellStuds === 0) continue;
      const below = Math.max(1, Math.floor(value / tiles.cellStuds)) * tiles.cellStuds;
      problems.push({
        field,
        value: String(value),
        remedy: `expected a multiple of ${tiles.cellStuds}, the size of a room: ${below} or ${below + tiles.cellStuds}`,
      });
    }
  }
  return problems;
}

/** What is alive around one player, and what all of it takes, against the limits. */
function loadProblems(
  { performance }: ContentRequest,
  config: ContentConfig,
  assets: readonly AssetSpec[],
): InputProblem[] {
  const problems: InputProblem[] = [];
  const ground = config.width * config.depth;
  const inRange = groundInRange(config);
  const amount = (kind: ContentKind, on: number) =>
    Math.min(kind.maximum, (kind.density * on * groundShare(kind, config)) / 1000);
  const total = (on: number) => config.kinds.reduce((sum, kind) => sum + amount(kind, on), 0);
  const pieces = (on: number) =>
    config.tiles ? (on / config.tiles.cellStuds ** 2) * piecesPerCell(config.tiles) : 0;

  const alive = Math.round(total(inRange) + pieces(inRange));
  const instead = (limit: number) =>
    `lower densities to ${Math.floor((100 * limit) / alive)} % of what they are, make streaming.radius smaller`;
  if (alive > performance.maxInstances) {
    problems.push({
      field: 'performance.maxInstances',
      value: String(performance.maxInstances),
      remedy:
        `the densities put about ${alive} into a player's range: ${instead(performance.maxInstances)}, ` +
        `or allow ${alive} instances`,
    });
  }
  const parts = Math.round(
    config.kinds.reduce((sum, kind) => sum + amount(kind, inRange) * kind.parts, pieces(inRange)),
  );
  if (parts > performance.maxParts) {
    problems.push({
      field: 'performance.maxParts',
      value: String(performance.maxParts),
      remedy: `a player's range has about ${parts} parts: ${instead(performance.maxParts)}, or allow ${parts} parts`,
    });
  }
  const all = Math.round(total(ground));
  if (all > mostPlacements) {
    problems.push({
      field: 'area',
      value: `${config.width} × ${config.depth} studs with ${all} placements`,
      remedy: `expected ${mostPlacements} placements at most: make the area smaller, or split it into several contents`,
    });
  }
  const megabytes = memoryMegabytes(config, assets);
  if (megabytes > performance.memoryMegabytes) {
    problems.push({
      field: 'performance.memoryMegabytes',
      value: String(performance.memoryMegabytes),
      remedy: `meshes, instances and cache take about ${megabytes} MB: lower maxInstances, cacheSize or variationCount, or allow ${megabytes} MB`,
    });
  }
  return problems;
}
