import type { NightAsset } from '../../domain/asset.js';
import type { ContentPlan } from '../../domain/content/config.js';
import type { ContentLayout } from '../../domain/content/layout.js';
import { groundShare } from '../../domain/content/measures.js';
import { generatedMark } from '../luau/templates.js';

/** A page about the content for those who review it: the picture, the figures, rule by rule, the meshes. */
export function contentSheet(
  plan: ContentPlan,
  layout: ContentLayout,
  assets: readonly NightAsset[],
): string {
  const { config } = plan;
  const { report } = layout;
  const ground = config.width * config.depth;
  const figures: [string, string][] = [
    ['Type', config.contentType],
    ['Seed', String(config.seed)],
    ['Area', `${config.width} × ${config.depth} studs in ${layout.chunks} chunks of ${config.chunkStuds}`],
    [
      'Ground',
      config.ground === 'flat'
        ? "flat, at the origin's height"
        : 'of the world: what would stand on steep ground, or on none, is left out in the game',
    ],
    ['Placements', String(report.placements)],
    ['Parts, rooms included', String(report.parts)],
    ['Alive at once', `${config.limits.instances} instances, ${config.limits.parts} parts at most`],
    ['Work a frame', `${config.limits.milliseconds} ms at most`],
    ['Streaming', `in at ${config.streaming.radius} studs, out at ${config.streaming.unloadRadius}`],
    ['Cache', `${config.cache.models} models`],
    ['Memory (estimate)', `${plan.memoryMegabytes} MB at most`],
  ];
  const kinds = config.kinds.map((kind, index) => {
    const count = report.counts[index]?.count ?? 0;
    const standable = (ground * groundShare(kind, config)) / 1000;
    const density = standable === 0 ? 0 : count / standable;
    const limit = kind.maximum < 100_000 ? String(kind.maximum) : '';
    return `| ${kind.name} | ${kind.pattern} | ${count} | ${kind.density} | ${density.toFixed(2)} | ${limit} | ${kind.variations.length} |`;
  });
  const rules = report.results.map(
    ({ rule, holds, checked, worst, problem }) =>
      `| ${rule} | ${holds ? 'holds' : `**does not hold**: ${problem ?? ''}`} | ${checked} | ${worst === undefined ? '' : Number(worst.toFixed(2))} |`,
  );
  const made = new Map(assets.map((asset) => [asset.id, asset]));
  const variations = plan.assets.map(({ id, recipe }) => {
    const asset = made.get(id);
    const state = asset === undefined ? 'placeholder' : asset.moderation;
    return `| ${id} | ${recipe} | ${asset?.generator ?? ''} | ${asset?.triangles ?? ''} | ${state} | ${layout.uses[id] ?? 0} |`;
  });
  return `<!-- ${generatedMark}: the next generation of this content overwrites it. -->

# Content: ${config.id}

![Map of ${config.id}](${config.id}.svg)

| | |
|---|---|
${figures.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

## Kinds

Densities are per 1,000 square studs of the ground that the kind may stand on.

| kind | pattern | placed | density asked | density got | at most | variations |
|---|---|---:|---:|---:|---:|---:|
${kinds.join('\n')}

## Rules

Checked on this very layout, by code that shares nothing with the generator. Worst: the tightest value found, in studs or instances.

| rule | result | checked | worst |
|---|---|---:|---:|
${rules.join('\n')}

## Variations

| id | recipe | generator | triangles | moderation | used |
|---|---|---|---:|---|---:|
${variations.join('\n')}
`;
}
