import { invalidInput, type InputProblem } from '../failure.js';
import type { Season } from '../project.js';
import type { ContentConfig, ContentKind, ContentPlan } from './config.js';
import { findContradictions } from './contradictions.js';
import { memoryMegabytes } from './memory.js';
import { presets } from './presets.js';
import type { ContentRequest } from './request.js';
import { resolveKinds, type DraftKind } from './resolve.js';
import { footprintRadius, shareVariations, variationsOf } from './variations.js';

/** Chunk layouts that a server keeps: the chunks in range of several players and what their borders depend on. */
const cachedLayouts = 256;
const usualScale = 96;

/**
 * Plans the meshes and the data of a content. Spends nothing.
 * @throws GraveshiftError `InvalidInput` that lists everything that contradicts itself, with what to change
 */
export function planContent(
  request: ContentRequest,
  season: Pick<Season, 'theme' | 'audience'>,
): ContentPlan {
  const draft = resolveKinds(request);
  const problems: InputProblem[] = [...draft.problems, ...tooFewVariations(request, draft.kinds)];
  if (problems.length > 0) throw invalidInput('the content request', problems);

  const id = request.id ?? request.contentType;
  const counts = shareVariations(draft.kinds, request.variationCount);
  const planned = draft.kinds.map((kind, index) => {
    const specs = variationsOf(kind, counts[index] ?? 1, { id, seed: request.seed, season });
    return { kind: contentKind(kind, specs), specs };
  });
  const assets = planned.flatMap(({ specs }) => specs);
  const config = contentConfig(
    request,
    id,
    planned.map(({ kind }) => kind),
    draft,
  );
  const contradictions = findContradictions(request, config, assets);
  if (contradictions.length > 0) throw invalidInput('the content request', contradictions);
  return { version: 1, config, assets, memoryMegabytes: memoryMegabytes(config, assets) };
}

function tooFewVariations(request: ContentRequest, kinds: readonly DraftKind[]): InputProblem[] {
  if (kinds.length === 0) {
    return [{ field: 'without', value: 'every kind', remedy: 'leave at least one kind in' }];
  }
  if (request.variationCount >= kinds.length) return [];
  return [
    {
      field: 'variationCount',
      value: String(request.variationCount),
      remedy:
        `expected at least ${kinds.length}, one for each of ${kinds.map(({ name }) => name).join(', ')}; ` +
        'or leave kinds out by "without"',
    },
  ];
}

function contentKind(
  { recipe, share: _share, ...kind }: DraftKind,
  specs: ReturnType<typeof variationsOf>,
): ContentKind {
  return {
    ...kind,
    variations: specs.map(({ id }) => id),
    radius: footprintRadius({ recipe }, specs),
  };
}

function contentConfig(
  request: ContentRequest,
  id: string,
  kinds: ContentKind[],
  draft: Pick<ReturnType<typeof resolveKinds>, 'keepClear' | 'neverJoined'>,
): ContentConfig {
  const preset = presets[request.contentType];
  const { area, performance, streaming, cleanUp } = request;
  return {
    id,
    contentType: request.contentType,
    seed: request.seed,
    origin: area.origin,
    width: area.width,
    depth: area.depth,
    chunkStuds: streaming.chunkStuds,
    ground: request.ground,
    kinds,
    biomes: request.biomes ?? { scale: usualScale, shares: [...preset.biomes], zones: [] },
    keepClear: draft.keepClear,
    ...(preset.tiles && { tiles: { ...preset.tiles, neverJoined: draft.neverJoined } }),
    limits: {
      instances: performance.maxInstances,
      parts: performance.maxParts,
      milliseconds: performance.millisecondsPerFrame,
    },
    streaming: { radius: streaming.radius, unloadRadius: streaming.unloadRadius },
    cache: { models: request.cacheSize, layouts: cachedLayouts },
    cleanUp,
  };
}
