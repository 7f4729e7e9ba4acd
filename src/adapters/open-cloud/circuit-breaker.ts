import { GraveshiftError } from '../../domain/failure.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { Clock } from './clock.js';
import type { Attempt } from './retry.js';

/** Keeps calls from a host that is down: one knows at once, and the host is not asked more than a probe. */
export type CircuitBreaker = {
  /** @throws GraveshiftError `ServiceUnavailable` while the circuit is open; an urgent call always passes */
  check(call: CallName, urgent: boolean): void;
  /** As `check`, right before a request is sent; the first one after a while is the probe that the others wait for. */
  admit(call: CallName, urgent: boolean): void;
  /** What came of a request that was admitted; undefined: it was cancelled. */
  report(call: CallName, attempt: Attempt | undefined): void;
};

/** More than one call's own tries: a single call that fails to the end does not shut the others out. */
const outagesToOpen = 8;
const openForMs = 30_000;

export function createCircuitBreaker(clock: Clock): CircuitBreaker {
  /** Outages without an answer in between. */
  let outages = 0;
  let calls = new Set<CallName>();
  let since = 0;
  let last = '';
  /** Open until then; 0: closed. */
  let openUntil = 0;
  let probing = false;

  const mayPass = (urgent: boolean) => openUntil === 0 || urgent || (clock.now() >= openUntil && !probing);

  function check(call: CallName, urgent: boolean): void {
    if (mayPass(urgent)) return;
    const retryAfterSeconds = Math.max(1, Math.ceil((openUntil - clock.now()) / 1000));
    throw new GraveshiftError(
      'ServiceUnavailable',
      `Open Cloud seems to be down since ${new Date(since).toISOString()}: ${String(outages)} requests in a row ` +
        `failed, the last with ${last}. Nothing was sent; it is asked again in ${String(retryAfterSeconds)} s. ` +
        'status.roblox.com shows outages.',
      { details: { call, downSince: new Date(since).toISOString(), retryAfterSeconds } },
    );
  }

  return {
    check,

    admit(call, urgent) {
      check(call, urgent);
      if (openUntil !== 0) probing = true;
    },

    report(call, attempt) {
      probing = false;
      if (attempt === undefined) return;
      if (!isOutage(call, attempt)) {
        // A refusal is an answer as well: the host is there.
        if ('answer' in attempt) {
          outages = 0;
          calls = new Set();
          openUntil = 0;
        }
        return;
      }
      if (outages === 0) since = clock.now();
      outages += 1;
      calls.add(call);
      last = 'answer' in attempt ? `the answer ${String(attempt.answer.status)}` : attempt.failure.message;
      // One call that answers 500 alone is that call's fault, not an outage.
      const isWide = calls.size > 1 || !('answer' in attempt) || attempt.answer.status !== 500;
      if (outages >= outagesToOpen && isWide) openUntil = clock.now() + openForMs;
    },
  };
}

/** An upload that breaks off may be this side's line; a read that does, or any 5xx, is the host's fault. */
function isOutage(call: CallName, attempt: Attempt): boolean {
  return 'answer' in attempt
    ? attempt.answer.status >= 500
    : describeCall(call).retry === 'safe' || !attempt.failure.mayHaveArrived;
}
