import { Dom, type InstanceView, type Variant } from 'rbx-dom';

import { GraveshiftError } from '../../domain/failure.js';

/** One instance of a place. */
export type PlaceInstance = {
  /** Names from below the DataModel, joined by `/`; a `/` in a name is written `\/`. */
  path: string;
  className: string;
  /** Of scripts only. */
  source?: string;
};

const scriptClasses = new Set(['Script', 'LocalScript', 'ModuleScript']);

export function isScript(instance: Pick<PlaceInstance, 'className'>): boolean {
  return scriptClasses.has(instance.className);
}

export function joinPath(parent: string, name: string): string {
  const escaped = name.replace(/[\\/]/g, '\\$&');
  return parent === '' ? escaped : `${parent}/${escaped}`;
}

/** Reads a binary place. @throws GraveshiftError `BuildFailure` when the bytes are none */
export function parsePlace(bytes: Uint8Array): Dom {
  try {
    return Dom.fromBinary(bytes);
  } catch (error) {
    throw new GraveshiftError(
      'BuildFailure',
      `The place of ${bytes.length} bytes cannot be read: ${error instanceof Error ? error.message : String(error)}. Expected a .rbxl as Rojo writes it.`,
      { cause: error },
    );
  }
}

/**
 * Every instance of a binary place, parents before children.
 * @throws GraveshiftError `BuildFailure` when the bytes are no place
 */
export function readPlace(bytes: Uint8Array): PlaceInstance[] {
  const { rootRef, instances } = parsePlace(bytes).snapshot();
  return flatten(
    rootRef,
    new Map(instances.map((instance: InstanceView) => [instance.referent, instance])),
    ({ name, className, children, properties }) => ({
      name,
      className,
      children,
      source: stringOf(properties.Source),
    }),
  );
}

type Node = { name: string; className: string; children: readonly string[]; source: string | undefined };

/** Walks the tree below the root, parents before children. Every instance is met once, also in a broken tree. */
export function flatten<Instance>(
  root: string,
  instances: ReadonlyMap<string, Instance>,
  read: (instance: Instance) => Node,
): PlaceInstance[] {
  const result: PlaceInstance[] = [];
  const met = new Set<string>();
  const open: { id: string; parent: string | undefined }[] = [{ id: root, parent: undefined }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const instance = instances.get(next.id);
    if (instance === undefined || met.has(next.id)) continue;
    met.add(next.id);
    const { name, className, children, source } = read(instance);
    const path = next.parent === undefined ? '' : joinPath(next.parent, name);
    if (next.parent !== undefined) {
      result.push({
        path,
        className,
        ...(scriptClasses.has(className) ? { source: source ?? '' } : {}),
      });
    }
    for (const child of [...children].reverse()) open.push({ id: child, parent: path });
  }
  return result;
}

/** The text of a property, as `rbx-dom` and Rojo's API write it. */
export function stringOf(value: Variant | undefined): string | undefined {
  const text = value?.String;
  return typeof text === 'string' ? text : undefined;
}
