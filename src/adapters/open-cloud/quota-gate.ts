import { createHash } from 'node:crypto';

import type { QuotaBucket, QuotaGrant, QuotaLedger, QuotaObservation } from '../../domain/quota.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { Clock } from './clock.js';
import { observeQuota } from './rate-headers.js';

/** Asks the shared buckets before a call is sent, and tells them what the answer said. */
export type QuotaGate = {
  /** One trip to the ledger at most. Where the ledger fails, the call goes on without: the service still counts. */
  take(call: CallName, key: string, urgent: boolean): Promise<QuotaGrant>;
  observe(call: CallName, key: string, headers: Record<string, string>): void;
};

export const openGate: QuotaGate = {
  take: () => Promise.resolve({ granted: true }),
  observe: () => undefined,
};

/** An owner that could not be read is asked for again after this long. */
const ownerRetryMs = 60_000;

export function createQuotaGate({
  host,
  quotas,
  ownerOf,
  clock,
  warn,
}: {
  host: string;
  quotas: QuotaLedger;
  /** Whose key it is; undefined where Open Cloud does not say. */
  ownerOf: (key: string) => Promise<string | undefined>;
  clock: Clock;
  warn: (message: string) => void;
}): QuotaGate {
  const owners = new Map<string, { owner: Promise<string | undefined>; askedAt: number }>();
  const observations = new Map<string, QuotaObservation>();
  const lines = new Map<string, Promise<unknown>>();
  /** Milliseconds since 1970; what the ledger has refused need not be asked for again before. */
  const fullUntil = new Map<string, number>();
  let warned = false;

  /** All keys of an owner share a bucket, so the owner must be known; asked once for each key. */
  async function ownerFor(key: string): Promise<string | undefined> {
    const id = createHash('sha256').update(key).digest('hex');
    const known = owners.get(id);
    if (known !== undefined) {
      const owner = await known.owner;
      if (owner !== undefined || clock.now() < known.askedAt + ownerRetryMs) return owner;
    }
    const owner = ownerOf(key).catch(() => undefined);
    owners.set(id, { owner, askedAt: clock.now() });
    return owner;
  }

  /** One call after the other, so that those behind one that was refused need not ask. */
  function inTurn<T>(line: string, work: () => Promise<T>): Promise<T> {
    const turn = (lines.get(line) ?? Promise.resolve()).then(work);
    lines.set(
      line,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async function takeFrom(bucket: QuotaBucket, perMinute: number, urgent: boolean): Promise<QuotaGrant> {
    const { owner, endpoint } = bucket;
    const now = clock.now();
    const full = fullUntil.get(lineOf(bucket, urgent)) ?? 0;
    if (full > now) return { granted: false, waitMs: full - now };
    const observation = observations.get(`${owner}/${endpoint}`);
    observations.delete(`${owner}/${endpoint}`);
    try {
      const grant = await quotas.take({
        bucket,
        perMinute,
        urgent,
        now,
        ...(observation === undefined ? {} : { observation }),
      });
      if (!grant.granted) fullUntil.set(lineOf(bucket, urgent), now + grant.waitMs);
      return grant;
    } catch (error) {
      if (!warned) warn(`Calls are made without the shared quota, which cannot be counted: ${String(error)}`);
      warned = true;
      return { granted: true };
    }
  }

  return {
    async take(call, key, urgent) {
      const { perMinute } = describeCall(call);
      if (perMinute === undefined) return { granted: true };
      const owner = await ownerFor(key);
      if (owner === undefined) return { granted: true };
      const bucket = { host, owner, endpoint: call };
      return inTurn(lineOf(bucket, urgent), () => takeFrom(bucket, perMinute, urgent));
    },

    observe(call, key, headers) {
      const observation = observeQuota(headers, clock.now());
      if (observation === undefined) return;
      const id = createHash('sha256').update(key).digest('hex');
      void owners.get(id)?.owner.then((owner) => {
        if (owner !== undefined) observations.set(`${owner}/${call}`, observation);
      });
    },
  };
}

/** Urgent calls have a line of their own: they wait for no other. */
const lineOf = ({ owner, endpoint }: QuotaBucket, urgent: boolean) =>
  `${owner}/${endpoint}/${urgent ? 'urgent' : 'ordinary'}`;
