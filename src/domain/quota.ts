/** Calls that all keys of one owner may make to one endpoint of a host, in fixed windows of a minute. */
export type QuotaBucket = {
  /** Host and port of the service. */
  host: string;
  /** Who the keys belong to; never a key. */
  owner: string;
  endpoint: string;
};

/** What an answer's headers said about a bucket's window. Times are milliseconds since 1970. */
export type QuotaObservation = {
  endsAt: number;
  limit?: number;
  remaining?: number;
  /** Length of the window; a minute where the service does not say. */
  lengthMs?: number;
};

export type QuotaRequest = {
  bucket: QuotaBucket;
  /** As documented; what the service says counts more. */
  perMinute: number;
  /** May use the reserved share. */
  urgent: boolean;
  now: number;
  observation?: QuotaObservation;
};

/** `waitMs`: until the window turns. */
export type QuotaGrant = { granted: true } | { granted: false; waitMs: number };

/** The buckets that every process counts its calls in. */
export interface QuotaLedger {
  /** Takes one call out of the bucket, and brings in what was observed since the last time. */
  take(request: QuotaRequest): Promise<QuotaGrant>;
}

/** A bucket's window that was last used. */
export type QuotaWindow = {
  endsAt: number;
  lengthMs: number;
  limit: number;
  /** All calls in the window, the urgent ones included. */
  taken: number;
  urgentTaken: number;
};

export const quotaWindowMs = 60_000;
const reservedShare = 0.2;
/** Headers count whole seconds, and travel a while: boundaries this near to each other are the same. */
const sameBoundaryMs = 1_500;
/** In shorter windows, whole seconds do not tell which window an answer was counted in. */
const shortestObservedMs = 10_000;

/** Calls of a window that only urgent ones may make: a fifth, at least one, never all. */
export function reservedCalls(limit: number): number {
  return Math.min(limit - 1, Math.max(1, Math.round(limit * reservedShare)));
}

/** Decides whether a call may be made now, and what the window is after it. */
export function takeFromWindow(
  found: QuotaWindow | undefined,
  { perMinute, urgent, now, observation }: Omit<QuotaRequest, 'bucket'>,
): { window: QuotaWindow; grant: QuotaGrant } {
  const window = correct(windowAt(found, perMinute, now), observation, now);
  const reserved = reservedCalls(window.limit);
  const ofReserve = Math.min(window.urgentTaken, reserved);
  const free = urgent ? window.limit - window.taken : window.limit - reserved - (window.taken - ofReserve);
  // An urgent call beyond the reserve leaves less for the others: the limit holds for all together.
  if (Math.min(free, window.limit - window.taken) <= 0) {
    return { window, grant: { granted: false, waitMs: window.endsAt - now } };
  }
  return {
    window: {
      ...window,
      taken: window.taken + 1,
      urgentTaken: window.urgentTaken + (urgent ? 1 : 0),
    },
    grant: { granted: true },
  };
}

function windowAt(found: QuotaWindow | undefined, perMinute: number, now: number): QuotaWindow {
  const { endsAt, lengthMs, limit } = found ?? { endsAt: 0, lengthMs: quotaWindowMs, limit: perMinute };
  // One that ends later than a window lasts was written by a clock that has since been put back.
  if (found !== undefined && endsAt > now && endsAt <= now + lengthMs + sameBoundaryMs) return found;
  return { endsAt: nextBoundary(endsAt, lengthMs, now), lengthMs, limit, taken: 0, urgentTaken: 0 };
}

/** The first end of a window after `now`, where windows end at `boundary` and each length before and after. */
function nextBoundary(boundary: number, lengthMs: number, now: number): number {
  const sinceBoundary = (((now - boundary) % lengthMs) + lengthMs) % lengthMs;
  return now + lengthMs - sinceBoundary;
}

function correct(window: QuotaWindow, observation: QuotaObservation | undefined, now: number): QuotaWindow {
  if (observation === undefined) return window;
  const { limit = window.limit, lengthMs = window.lengthMs, remaining } = observation;
  const endsAt = nextBoundary(observation.endsAt, lengthMs, now);
  const distance = Math.abs(endsAt - window.endsAt) % lengthMs;
  const inStep = lengthMs === window.lengthMs && Math.min(distance, lengthMs - distance) <= sameBoundaryMs;
  // Headers of a window that is over tell where windows end and how large they are, not what this one has left.
  const ofThisWindow = inStep
    ? Math.abs(observation.endsAt - window.endsAt) <= sameBoundaryMs
    : observation.endsAt > now;
  const seen =
    ofThisWindow && remaining !== undefined && lengthMs >= shortestObservedMs ? limit - remaining : 0;
  return {
    ...window,
    limit,
    lengthMs,
    endsAt: inStep ? window.endsAt : endsAt,
    taken: Math.max(window.taken, seen),
  };
}
