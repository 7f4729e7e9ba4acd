import type { LeaseRequest } from './activities.js';
import type { Freeze, PlaceAudit, PlaceVersionRecord } from './place.js';

export type LeaseHolder = LeaseRequest & {
  lease: number;
  since: string;
  /** It was told; a holder that asks again is told again. */
  announced: boolean;
};

/** Who may publish to a place now, who waits, and what the place holds as far as its publishers said. */
export type PlaceState = {
  holder?: LeaseHolder;
  waiting: LeaseRequest[];
  frozen?: Freeze;
  live?: PlaceVersionRecord;
  stable?: PlaceVersionRecord;
  /** The last comparison of ledger and version history. */
  audit?: PlaceAudit;
  /** Why the last comparison could not be made. */
  auditProblem?: { at: string; message: string };
};

/** Puts a request into the queue; one that stands there already changes nothing. */
export function ask(state: PlaceState, request: LeaseRequest): void {
  const { holder } = state;
  if (holder?.runId === request.runId) {
    holder.announced = false;
    return;
  }
  // Temporal runs one execution of a workflow id at a time: an earlier one of the same id has ended.
  if (holder?.workflowId === request.workflowId) delete state.holder;
  if (state.waiting.some((entry) => entry.runId === request.runId)) return;
  state.waiting = [...state.waiting.filter((entry) => entry.workflowId !== request.workflowId), request];
}

export function release(
  state: PlaceState,
  runId: string,
  published: { live?: PlaceVersionRecord | undefined; stable?: PlaceVersionRecord | undefined } = {},
): void {
  if (state.holder?.runId === runId) delete state.holder;
  state.waiting = state.waiting.filter((entry) => entry.runId !== runId);
  if (published.live) state.live = published.live;
  if (published.stable) state.stable = published.stable;
}

/**
 * A rollback takes the place with a lease number that it drew itself: it waits for nobody. An older number than the
 * holder's comes too late and changes nothing.
 * @returns the holder that lost the place, if there was one
 */
export function seize(
  state: PlaceState,
  taker: LeaseRequest & { lease: number },
  since: string,
): LeaseHolder | undefined {
  const { holder } = state;
  if (holder && holder.lease >= taker.lease) return undefined;
  state.holder = { ...taker, since, announced: true };
  state.waiting = state.waiting.filter((entry) => entry.runId !== taker.runId);
  return holder?.runId === taker.runId ? undefined : holder;
}

/** The most urgent request, the first among equals; nobody while the place is frozen. */
export function nextToGrant(state: PlaceState): LeaseRequest | undefined {
  if (state.holder || state.frozen) return undefined;
  return [...state.waiting].sort((a, b) => a.priority - b.priority)[0];
}

/** @returns false when it withdrew while its number was drawn, somebody else took the place, or it was frozen */
export function grant(state: PlaceState, request: LeaseRequest, lease: number, since: string): boolean {
  if (state.holder || state.frozen || !state.waiting.includes(request)) return false;
  state.waiting = state.waiting.filter((entry) => entry !== request);
  state.holder = { ...request, lease, since, announced: false };
  return true;
}
