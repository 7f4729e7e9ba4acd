import type { QuotaObservation } from '../../domain/quota.js';

/** `x-ratelimit-reset`: seconds, one number per window; the largest counts. Undefined where there is none. */
export function secondsToReset(headers: Record<string, string>): number | undefined {
  const resets = numbersOf(headers['x-ratelimit-reset']);
  return resets.length === 0 ? undefined : Math.max(...resets);
}

/**
 * What an answer says about the quota it was counted in: `x-ratelimit-limit: 100, 100;w=60`,
 * `x-ratelimit-remaining: 99`, `x-ratelimit-reset: 45` (draft-polli-ratelimit-headers-02). Several windows or none: the
 * numbers cannot be told apart, and nothing is observed.
 */
export function observeQuota(headers: Record<string, string>, now: number): QuotaObservation | undefined {
  const resets = numbersOf(headers['x-ratelimit-reset']);
  const [reset] = resets;
  if (reset === undefined || resets.length > 1) return undefined;
  const policies = (headers['x-ratelimit-limit'] ?? '').split(',').map((part) => part.trim());
  const lengths = policies.flatMap((part) => {
    const seconds = Number(/;\s*w=(\d+)/.exec(part)?.[1] ?? 0);
    return seconds > 0 ? [seconds * 1000] : [];
  });
  if (lengths.length > 1) return undefined;
  const limit = Number(/^\d+/.exec(policies[0] ?? '')?.[0] ?? 0);
  const [remaining] = numbersOf(headers['x-ratelimit-remaining']);
  const [lengthMs] = lengths;
  return {
    endsAt: now + reset * 1000,
    ...(limit > 0 ? { limit } : {}),
    ...(remaining === undefined ? {} : { remaining }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
  };
}

function numbersOf(header: string | undefined): number[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^\d+(\.\d+)?$/.test(part))
    .map(Number);
}
