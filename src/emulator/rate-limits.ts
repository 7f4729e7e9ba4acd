import type { Endpoint } from './endpoints.js';
import type { EmulatorStore } from './store.js';

const minuteMs = 60_000;

export type RateVerdict = { allowed: boolean; headers: Record<string, string> };

/** Counts calls by owner and endpoint in fixed windows of 60 s by a clock that may be scaled, shared by all keys of the owner. */
export function createRateLimits(
  now: () => number,
  store: Pick<EmulatorStore, 'read'>,
): (ownerId: string, endpoint: Endpoint) => RateVerdict {
  const counts = new Map<string, { window: number; used: number }>();
  return (ownerId, endpoint) => {
    const { quotas, settings } = store.read();
    const perMinute: number | undefined = quotas[ownerId]?.[endpoint.name] ?? endpoint.perMinute;
    if (perMinute === undefined) return { allowed: true, headers: {} };
    const time = now();
    const windowMs = minuteMs / settings.quotaScale;
    const window = Math.floor(time / windowMs);
    const key = `${ownerId} ${endpoint.name}`;
    const before = counts.get(key);
    const used = (before?.window === window ? before.used : 0) + 1;
    counts.set(key, { window, used });
    const reset = Math.max(1, Math.ceil(((window + 1) * windowMs - time) / 1000));
    const allowed = used <= perMinute;
    return {
      allowed,
      headers: {
        'x-ratelimit-limit': `${String(perMinute)}, ${String(perMinute)};w=${String(Math.max(1, Math.round(windowMs / 1000)))}`,
        'x-ratelimit-remaining': String(Math.max(0, perMinute - used)),
        'x-ratelimit-reset': String(reset),
        ...(allowed ? {} : { 'retry-after': String(reset) }),
      },
    };
  };
}
