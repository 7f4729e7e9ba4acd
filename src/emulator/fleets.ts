import { createHash } from 'node:crypto';

import { settle, type FleetWorld } from './fleet.js';
import type { Behaviour, Server } from './fleet-state.js';
import { placeContains } from './script-sources.js';
import type { EmulatorState, StoredPlace } from './state.js';
import type { EmulatorStore } from './store.js';

export type Fleets = {
  /** What the place's fleet depends on; reads the bytes of versions that a behaviour asks the content of. */
  worldOf(placeId: string): Promise<FleetWorld>;
};

export function createFleets(store: EmulatorStore): Fleets {
  /** By content and text: what bytes hold never changes. */
  const found = new Map<string, Promise<boolean>>();

  function contains(sha256: string, text: string): Promise<boolean> {
    const key = `${sha256} ${text}`;
    const known =
      found.get(key) ?? store.getBlob(sha256).then((bytes) => placeContains(Buffer.from(bytes), text));
    found.set(key, known);
    return known;
  }

  return {
    async worldOf(placeId) {
      const state = store.read();
      const place = state.places[placeId];
      if (place === undefined) return { placeId, published: [], restarts: [], behavioursOf: () => [] };
      const behaviours = await behavioursByVersion(place, contains);
      return {
        placeId,
        published: place.versions
          .filter(({ isPublished }) => isPublished)
          .map(({ version, createdTime }) => ({ version, at: Date.parse(createdTime) })),
        restarts: state.restarts[place.universeId] ?? [],
        behavioursOf: (version) => behaviours.get(version) ?? [],
      };
    },
  };
}

async function behavioursByVersion(
  place: StoredPlace,
  contains: (sha256: string, text: string) => Promise<boolean>,
): Promise<Map<number, Behaviour[]>> {
  const byVersion = new Map<number, Behaviour[]>();
  if (place.behaviours.length === 0) return byVersion;
  for (const { version, sha256, isPublished } of place.versions) {
    if (!isPublished) continue;
    const matching: Behaviour[] = [];
    for (const behaviour of place.behaviours) {
      if (behaviour.version !== undefined && behaviour.version !== version) continue;
      if (behaviour.containing !== undefined && !(await contains(sha256, behaviour.containing))) continue;
      matching.push(behaviour);
    }
    byVersion.set(version, matching);
  }
  return byVersion;
}

/** Before the restarts or behaviours of a place change: what it has done by now must not change with them. */
export function settleFleet(draft: EmulatorState, world: FleetWorld, now: number): void {
  const place = draft.places[world.placeId];
  if (place?.fleet !== undefined) place.fleet = settle(place.fleet, world, now);
}

/** A job's id, as a UUID: the same each time that it is asked for. */
export function jobIdOf(placeId: string, { slot, ordinal }: Server): string {
  const hash = createHash('sha256').update(`${placeId}/${slot}/${ordinal}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
