import { createHash } from 'node:crypto';

import type { InstanceView, Variant } from 'rbx-dom';

import { isScript, parsePlace, stringOf } from '../rojo/place.js';
import { encodeVariant, type EncodedValue } from './encode-value.js';

/** An instance as the model of the engine takes it; `parent` is an index into the list from 1, 0 for the DataModel. */
export type DescribedInstance = {
  className: string;
  name: string;
  parent: number;
  properties: Record<string, EncodedValue>;
  attributes?: Record<string, EncodedValue>;
  tags?: string[];
  /** Of scripts: the name of its chunk. */
  chunk?: string;
};

export type DescribedPlace = {
  instances: DescribedInstance[];
  /** Chunk name (the script's full name) → source. */
  chunks: Map<string, string>;
};

/** Code that reads like the engine's own, or that is too long to be told twice, stays in the chunks alone. */
const left = new Set(['Source', 'Attributes', 'Tags', 'AttributesSerialize', 'ScriptGuid', 'UniqueId']);

/**
 * A binary place as the model of the engine takes it, parents before children.
 * @throws GraveshiftError `BuildFailure` when the bytes are no place
 */
export function describePlace(bytes: Uint8Array): DescribedPlace {
  const { rootRef, instances } = parsePlace(bytes).snapshot();
  const byId = new Map(instances.map((instance) => [instance.referent, instance]));
  const ordered: { instance: InstanceView; parent: number; path: string }[] = [];
  const visit = (referent: string, parent: number, path: string): void => {
    for (const child of byId.get(referent)?.children ?? []) {
      const instance = byId.get(child);
      if (instance === undefined) continue;
      const childPath = path === '' ? instance.name : `${path}.${instance.name}`;
      const index = ordered.push({ instance, parent, path: childPath });
      visit(child, index, childPath);
    }
  };
  visit(rootRef, 0, '');
  const indexOf = new Map(ordered.map(({ instance }, index) => [instance.referent, index + 1]));
  const chunks = new Map<string, string>();
  return {
    instances: ordered.map(({ instance, parent, path }) => describe(instance, parent, path, indexOf, chunks)),
    chunks,
  };
}

function describe(
  { className, name, properties }: InstanceView,
  parent: number,
  path: string,
  indexOf: ReadonlyMap<string, number>,
  chunks: Map<string, string>,
): DescribedInstance {
  const encode = (values: Readonly<Record<string, Variant>>) => {
    const encoded: Record<string, EncodedValue> = {};
    for (const [key, value] of Object.entries(values)) {
      if (left.has(key)) continue;
      const one = encodeVariant(value, (referent) => indexOf.get(referent));
      if (one !== undefined) encoded[key] = one;
    }
    return encoded;
  };
  const attributes = encode((properties.Attributes?.Attributes ?? {}) as Record<string, Variant>);
  const tags = properties.Tags?.Tags;
  return {
    className,
    name,
    parent,
    properties: encode(properties),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Array.isArray(tags) && tags.length > 0 && { tags: tags.filter((tag) => typeof tag === 'string') }),
    ...(isScript({ className }) && { chunk: addChunk(chunks, path, stringOf(properties.Source) ?? '') }),
  };
}

/** Siblings may have one name; a chunk's name says which script an error is in. */
function addChunk(chunks: Map<string, string>, path: string, source: string): string {
  let name = path;
  for (let number = 2; chunks.has(name); number++) name = `${path} (${number})`;
  chunks.set(name, source);
  return name;
}

/** Names a place for its report, whatever it was stored under. */
export const digestOfPlace = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
