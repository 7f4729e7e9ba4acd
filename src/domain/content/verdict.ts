import { gateResult, type GateResult } from '../gate.js';
import { invalidInput } from '../failure.js';
import type { ContentConfig, ContentPlan } from './config.js';
import type { ContentLayout } from './layout.js';

/** What is asked for, and cannot be had under the seed: said before anything is spent. */
export function refuseBrokenLayout({ config }: ContentPlan, layout: ContentLayout): void {
  const broken = layout.report.results.filter(({ holds }) => !holds);
  const empty =
    layout.report.placements === 0 ? [{ rule: 'anything', problem: 'nothing found a place' }] : [];
  if (broken.length + empty.length === 0) return;
  throw invalidInput(
    'the content request',
    [...broken, ...empty].map(({ rule, problem }) => ({
      field: 'rules',
      value: `"${rule}", which cannot be kept with seed ${config.seed}: ${problem ?? 'see the layout'}`,
      remedy: 'loosen the rule, lower densities, make the area larger, or try another seed',
    })),
  );
}

/** Each kind with what was placed of what would fit by its density, and the whole. */
export function describeContent(
  { config, assets, memoryMegabytes }: ContentPlan,
  layout: ContentLayout,
): string[] {
  const { report } = layout;
  return [
    `${config.contentType} "${config.id}", seed ${config.seed}: ${config.width} × ${config.depth} studs, ${layout.chunks} chunks`,
    `${report.placements} placements of ${assets.length} variations: ${report.counts.map(({ kind, count }) => `${count} ${kind}`).join(', ')}`,
    `${report.results.length} rules checked, all hold; at most ${config.limits.instances} instances and ${config.limits.parts} parts alive, about ${memoryMegabytes} MB`,
    `the map: docs/content/${config.id}.svg`,
  ];
}

/** The gate `content`: the layout's rules, and the proof over many seeds. */
export function contentGate(
  { id }: Pick<ContentConfig, 'id'>,
  layout: ContentLayout,
  proof: { seeds: number; wanted: number; problems: readonly string[]; remedy?: string },
): GateResult {
  const figures = `${layout.report.placements} placements, ${layout.report.results.length} rules`;
  if (proof.problems.length > 0) {
    return gateResult(
      'content',
      'fail',
      `${proof.problems.length} of ${proof.seeds} seeds break a rule or a limit of ${id}`,
      proof.problems,
    );
  }
  const proven = `${figures}; rules, limits, order and clean-up hold under ${proof.seeds} seeds`;
  return proof.seeds < proof.wanted
    ? gateResult(
        'content',
        'inconclusive',
        `${proven} of ${proof.wanted}: ${proof.remedy ?? 'the rest was not run'}`,
      )
    : gateResult('content', 'pass', proven);
}
