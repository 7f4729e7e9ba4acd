import type { Answer } from './transport.js';
import type { TransportFailure } from './transport.js';
import type { RetryClass } from './calls.js';
import { secondsToReset } from './rate-headers.js';

export const maximumTries = 6;
/** All waits of one call together: a quota window of 60 s, missed twice. */
export const maximumWaitMs = 150_000;
/** All waits for the quota before one request is sent: with an upload's time they end within an activity's 15 minutes. */
export const maximumQuotaWaitMs = 270_000;
const longestWaitMs = 65_000;

/** What came of one try. */
export type Attempt = { answer: Answer } | { failure: TransportFailure };

/**
 * Says in how many milliseconds the call may be tried again; undefined: it may not. A 429 and a connection that was
 * never made had no effect, so any call may be tried again; a 5xx or a broken connection may have had one.
 */
export function retryDelay(
  retry: RetryClass,
  attempt: Attempt,
  tries: number,
  waitedMs: number,
  now: number,
): number | undefined {
  if (tries >= maximumTries) return undefined;
  const mayRepeat =
    'failure' in attempt
      ? retry === 'safe' || !attempt.failure.mayHaveArrived
      : attempt.answer.status === 429 || (attempt.answer.status >= 500 && retry === 'safe');
  if (!mayRepeat) return undefined;
  const asked = 'answer' in attempt ? askedWait(attempt.answer.headers, now) : undefined;
  const delay = Math.min(asked ?? 500 * 2 ** (tries - 1), longestWaitMs);
  return waitedMs + delay > maximumWaitMs ? undefined : delay;
}

/** `x-ratelimit-reset` is more exact than `retry-after`. */
function askedWait(headers: Record<string, string>, now: number): number | undefined {
  const reset = secondsToReset(headers);
  if (reset !== undefined) return reset * 1000;
  const after = headers['retry-after']?.trim();
  if (after === undefined || after === '') return undefined;
  if (/^\d+$/.test(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
