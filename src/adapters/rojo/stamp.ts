import { Dom } from 'rbx-dom';
import { z } from 'zod';

import { sha256Schema } from '../../domain/artifact.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { GraveshiftError } from '../../domain/failure.js';
import { parsePlace, stringOf, type PlaceInstance } from './place.js';

/** Says in a place's content which commit and which change set it is, so that a published version can be told. */
export type PlaceStamp = { commit: string; digest: string };

/** Servers only see it: clients do not get ServerStorage. */
const stampService = 'ServerStorage';
const stampName = 'GraveshiftStamp';

const stampSchema = z.object({ commit: z.string().regex(/^[0-9a-f]{40,64}$/), digest: sha256Schema });

/**
 * Writes the stamp into a place as Rojo built it. Equal input, equal bytes.
 * @throws GraveshiftError `BuildFailure` when the bytes are no place, or the game has an instance of that name
 */
export function stampPlace(bytes: Uint8Array, stamp: PlaceStamp): Uint8Array {
  const place = parsePlace(bytes);
  const service = findChild(place, place.rootRef, stampService);
  if (service !== undefined && findChild(place, service, stampName) !== undefined) {
    throw new GraveshiftError(
      'BuildFailure',
      `The project has its own ${stampService}.${stampName}, where Graveshift writes its stamp. Rename it.`,
    );
  }
  const parent = service ?? place.insert(place.rootRef, { className: stampService, name: stampService });
  place.insert(parent, {
    className: 'StringValue',
    name: stampName,
    properties: { Value: canonicalJson(stamp) },
  });
  return place.toBinary();
}

/** The stamp of a place; undefined when it has none, or the bytes are no place. Never throws. */
export function readStamp(bytes: Uint8Array): PlaceStamp | undefined {
  try {
    const place = readAnyPlace(bytes);
    const service = findChild(place, place.rootRef, stampService);
    const found = service === undefined ? undefined : findChild(place, service, stampName);
    const text = found === undefined ? undefined : stringOf(place.getProperty(found, 'Value'));
    return text === undefined ? undefined : stampSchema.parse(JSON.parse(text));
  } catch {
    // Somebody else's bytes may be anything; what cannot be read has no stamp.
    return undefined;
  }
}

/** The tree without the stamp, and without a ServerStorage that holds nothing else. */
export function withoutStamp<Instance extends PlaceInstance>(instances: readonly Instance[]): Instance[] {
  const rest = instances.filter(({ path }) => path !== `${stampService}/${stampName}`);
  const holds = rest.some(({ path }) => path.startsWith(`${stampService}/`));
  return holds ? rest : rest.filter(({ path }) => path !== stampService);
}

function readAnyPlace(bytes: Uint8Array): Dom {
  const isBinary = Buffer.from(bytes.subarray(0, 8)).toString('latin1') === '<roblox!';
  return isBinary ? Dom.fromBinary(bytes) : Dom.fromXml(bytes);
}

function findChild(place: Dom, parent: string, name: string): string | undefined {
  return place.children(parent).find((child) => place.instance(child)?.name === name);
}
