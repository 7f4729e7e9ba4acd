import type { Variant } from 'rbx-dom';

import type { DetailedInstance } from '../../domain/release-diff.js';
import { isScript, joinPath, parsePlace, stringOf } from './place.js';
import { withoutStamp } from './stamp.js';

/**
 * Every instance of a binary place with its properties, the stamp left aside. References are written as paths: the ids
 * of instances differ from file to file.
 * @throws GraveshiftError `BuildFailure` when the bytes are no place
 */
export function readDetailedPlace(bytes: Uint8Array): DetailedInstance[] {
  const { rootRef, instances } = parsePlace(bytes).snapshot();
  const byId = new Map(instances.map((instance) => [instance.referent, instance]));
  const paths = new Map([[rootRef, '']]);
  const pathOf = (id: string): string | undefined => {
    const known = paths.get(id);
    const instance = known === undefined ? byId.get(id) : undefined;
    if (instance === undefined) return known;
    const parent = pathOf(instance.parent);
    if (parent === undefined) return undefined;
    const path = joinPath(parent, instance.name);
    paths.set(id, path);
    return path;
  };
  const readable = (value: Variant): unknown =>
    typeof value.Ref === 'string' ? { Ref: pathOf(value.Ref) ?? null } : value;

  const detailed = instances.flatMap(({ referent, className, properties }): DetailedInstance[] => {
    const path = pathOf(referent);
    if (referent === rootRef || path === undefined) return [];
    const { Source: source, ...others } = properties;
    const isCode = isScript({ className });
    return [
      {
        path,
        className,
        ...(isCode && { source: stringOf(source) ?? '' }),
        properties: Object.fromEntries(
          Object.entries(isCode ? others : properties).map(([name, value]) => [name, readable(value)]),
        ),
      },
    ];
  });
  return withoutStamp(detailed);
}
