import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { isScript, type PlaceInstance } from './place.js';
import type { MappedInstance } from './source-map.js';
import { withoutStamp } from './stamp.js';

/** An instance that must be in the place. A script without `source` (made from JSON or a model) may have any. */
export type ExpectedInstance = PlaceInstance & { file?: string };

export type Difference = {
  kind: 'missing' | 'stale' | 'changed';
  path: string;
  className: string;
  file?: string;
};

const scriptFile = /\.luau?$/;

/** What the checkout's files must become: every instance, and every script with its text. */
export async function expectInstances(
  checkout: string,
  sourceMap: readonly MappedInstance[],
): Promise<ExpectedInstance[]> {
  const result: ExpectedInstance[] = [];
  for (const { path: instancePath, className, files } of sourceMap) {
    const file = isScript({ className }) ? files.find((name) => scriptFile.test(name)) : undefined;
    result.push(
      file === undefined
        ? { path: instancePath, className }
        : {
            path: instancePath,
            className,
            file,
            source: asRojoReads(await readFile(path.join(checkout, file), 'utf8')),
          },
    );
  }
  return result;
}

/** Rojo turns Windows' line endings into the engine's, and keeps everything else, also a byte order mark. */
export function asRojoReads(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/**
 * Compares two trees, the stamp left aside. Siblings may share name and class: of such, as many must be there, with
 * the same texts, in any order.
 */
export function compareInstances(
  expected: readonly ExpectedInstance[],
  actual: readonly PlaceInstance[],
): Difference[] {
  const wanted = groupByKey(withoutStamp(expected));
  const found = groupByKey(withoutStamp(actual));
  const differences: Difference[] = [];
  for (const [key, want] of wanted) {
    differences.push(...compareGroup(want, found.get(key) ?? []));
  }
  for (const [key, have] of found) {
    if (!wanted.has(key)) differences.push(...have.map((instance) => differenceOf('stale', instance)));
  }
  return differences;
}

/** Both hold instances of one path and class. */
function compareGroup(wanted: readonly ExpectedInstance[], found: readonly PlaceInstance[]): Difference[] {
  const left = [...found];
  // Those with a known text choose first; one of any text takes what is left.
  const unmatched = [...wanted]
    .sort((a, b) => Number(a.source === undefined) - Number(b.source === undefined))
    .filter((instance) => {
      const index = left.findIndex(
        ({ source }) => instance.source === undefined || source === instance.source,
      );
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    });
  return [
    ...unmatched.map((instance, index) =>
      differenceOf(index < left.length ? 'changed' : 'missing', instance),
    ),
    ...left.slice(unmatched.length).map((instance) => differenceOf('stale', instance)),
  ];
}

function groupByKey<Instance extends PlaceInstance>(instances: readonly Instance[]): Map<string, Instance[]> {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const key = `${instance.className}:${instance.path}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [instance]);
    else group.push(instance);
  }
  return groups;
}

function differenceOf(kind: Difference['kind'], instance: ExpectedInstance): Difference {
  const { path: instancePath, className, file } = instance;
  return { kind, path: instancePath, className, ...(file === undefined ? {} : { file }) };
}
