import type { Behaviour, EndedServer, Fleet, Restart, RestartOfPlace, Server, Slot } from './fleet-state.js';

/** What a fleet's course depends on beside the clock. */
export type FleetWorld = {
  placeId: string;
  /** Oldest first. */
  published: readonly { version: number; at: number }[];
  /** Of the place's universe. */
  restarts: readonly Restart[];
  behavioursOf(version: number): readonly Behaviour[];
};

export type FleetNow = { running: Server[]; ended: EndedServer[] };

type End = Pick<EndedServer, 'endedAt' | 'end'> & { restartedAt?: number };

/** How many ended servers are remembered for each slot. */
const rememberedEnds = 20;

/**
 * Where the fleet is at a moment: a pure function of what was set, so that nothing runs between two looks and a
 * restart of the emulator changes nothing.
 */
export function fleetAt(fleet: Fleet, world: FleetWorld, now: number): FleetNow {
  const result: FleetNow = { running: [], ended: [...fleet.ended] };
  for (const slot of fleet.slots) {
    const { running, ended } = courseOf(slot, fleet.slots.length, world, now);
    if (running !== undefined) result.running.push(running);
    result.ended.push(...ended);
  }
  result.ended.sort((a, b) => a.endedAt - b.endedAt || a.slot - b.slot);
  return result;
}

/** The same fleet, as one that begins at this moment: before what its course depends on is changed. */
export function settle(fleet: Fleet, world: FleetWorld, now: number): Fleet {
  const { running, ended } = fleetAt(fleet, world, now);
  const bySlot = new Map(running.map((server) => [server.slot, server]));
  return {
    playersPerServer: fleet.playersPerServer,
    slots: fleet.slots.map((slot) => bySlot.get(slot.slot) ?? slot),
    ended: ended.slice(-rememberedEnds * Math.max(1, fleet.slots.length)),
  };
}

export function isHitBy(server: Server, restart: Restart, place: RestartOfPlace | undefined): boolean {
  if (place === undefined || server.startedAt > restart.scheduledAt) return false;
  if (server.restartedAt !== undefined && server.restartedAt >= restart.scheduledAt) return false;
  if (place.versions !== undefined) return place.versions.includes(server.version);
  return !place.excludeNewest || server.version !== place.newest;
}

export const newestPublished = (world: Pick<FleetWorld, 'published'>, at: number): number | undefined =>
  world.published.findLast((version) => version.at <= at)?.version;

function courseOf(slot: Slot, slots: number, world: FleetWorld, now: number) {
  const ended: EndedServer[] = [];
  let server = firstServer(slot, world, now);
  while (server !== undefined) {
    const end = endOf(server, slots, world);
    if (end === undefined || end.endedAt > now) return { running: server, ended };
    const { restartedAt, ...how } = end;
    ended.push({ ...server, ...how });
    if (ended.length > rememberedEnds) ended.shift();
    const next: Server = {
      slot: slot.slot,
      ordinal: server.ordinal + 1,
      version: newestPublished(world, end.endedAt) ?? server.version,
      startedAt: end.endedAt,
      ...(restartedAt === undefined ? {} : { restartedAt }),
    };
    server = skipEqualCrashes(server, next, world, now);
  }
  return { running: undefined, ended };
}

function firstServer(slot: Slot, world: FleetWorld, now: number): Server | undefined {
  if (slot.version !== undefined) return { ...slot, version: slot.version };
  const newest = newestPublished(world, slot.startedAt);
  const first = newest === undefined ? world.published[0] : { version: newest, at: slot.startedAt };
  return first === undefined || first.at > now
    ? undefined
    : { ...slot, version: first.version, startedAt: Math.max(first.at, slot.startedAt) };
}

function endOf(server: Server, slots: number, world: FleetWorld): End | undefined {
  const ends: End[] = [];
  for (const { crashAfterMs, crashesAs, setAt } of world.behavioursOf(server.version)) {
    if (crashAfterMs !== undefined) {
      ends.push({ endedAt: Math.max(server.startedAt, setAt) + crashAfterMs, end: crashesAs });
    }
  }
  for (const restart of world.restarts) {
    if (isHitBy(server, restart, restart.places[world.placeId])) {
      // One after the other, the last one at the end.
      const share = (server.slot + 1) / Math.max(slots, server.slot + 1);
      ends.push({
        endedAt: Math.round(restart.startAt + (restart.endAt - restart.startAt) * share),
        end: 'restarted',
        restartedAt: restart.scheduledAt,
      });
    }
  }
  return ends.sort((a, b) => a.endedAt - b.endedAt)[0];
}

/**
 * A fleet that crashes over and over for days would be walked server by server: the middle of such a course is
 * jumped over, in whole periods, up to the next thing that could change it.
 */
function skipEqualCrashes(before: Server, next: Server, world: FleetWorld, now: number): Server {
  const period = next.startedAt - before.startedAt;
  if (next.version !== before.version) return next;
  const changes = [
    now,
    ...world.published.map(({ at }) => at),
    ...world.restarts.flatMap(({ scheduledAt, startAt }) => [scheduledAt, startAt]),
    ...world.behavioursOf(next.version).map(({ setAt }) => setAt),
  ].filter((at) => at > before.startedAt);
  const skipped = Math.floor((Math.min(...changes) - next.startedAt) / period) - rememberedEnds - 1;
  return skipped <= 0
    ? next
    : { ...next, ordinal: next.ordinal + skipped, startedAt: next.startedAt + skipped * period };
}
