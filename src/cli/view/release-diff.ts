import type { ChangeKind, ReleaseDiff } from '../../domain/release-diff.js';
import { plainText } from './text.js';

const marks: Record<ChangeKind, string> = { added: '+', removed: '-', changed: '~' };
const neverSealed = 'not compared: one of the two was staged only, and has no manifest';

export function renderReleaseDiff(
  shown: ReleaseDiff & { before: { name: string }; after: { name: string } },
): string[] {
  const { before, after, scripts, instances, assets, config } = shown;
  return [
    `From ${plainText(before.name)} to ${plainText(after.name)}`,
    ...section(
      'Scripts',
      scripts.map(
        ({ kind, path, className, added, removed }) =>
          `${marks[kind]} ${plainText(path)} (${className}) +${added} -${removed}`,
      ),
    ),
    ...section(
      'Instances',
      instances.map(({ kind, path, className, classBefore, properties }) => {
        const type = classBefore === undefined ? className : `${classBefore}, now ${className}`;
        const what = properties === undefined ? '' : `: ${properties.join(', ')}`;
        return `${marks[kind]} ${plainText(path)} (${type})${what}`;
      }),
    ),
    ...section(
      'Assets',
      assets?.map(({ kind, id, ...ids }) => plainText(`${marks[kind]} ${id}: ${change(ids)}`)),
    ),
    ...section(
      'Config',
      config?.map(({ kind, key, ...values }) => plainText(`${marks[kind]} ${key}: ${change(values)}`)),
    ),
  ];
}

function change({ before, after }: { before?: unknown; after?: unknown }): string {
  const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  if (before === undefined) return shown(after);
  return after === undefined ? shown(before) : `${shown(before)}, now ${shown(after)}`;
}

function section(title: string, lines: readonly string[] | undefined): string[] {
  if (lines === undefined) return ['', `${title}: ${neverSealed}`];
  return [
    '',
    `${title}: ${lines.length === 0 ? 'no difference' : lines.length}`,
    ...lines.map((line) => `  ${line}`),
  ];
}
