import type { z } from 'zod';

import { GraveshiftError } from '../../domain/failure.js';
import { parseAnswer, withoutSecret } from './answers.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import { failureOfAnswer, failureOfTransport } from './failures.js';
import type { QuotaGate } from './quota-gate.js';
import type { OpenCloudRequest } from './requests.js';
import type { Attempt } from './retry.js';
import { maximumQuotaWaitMs, retryDelay } from './retry.js';
import type { Answer, Transport } from './transport.js';
import { TransportFailure } from './transport.js';

/** Told at the start of a wait and every few seconds in it, so that an activity can heartbeat. */
export type Wait = { call: CallName; reason: string; remainingMs: number; tries: number };

export type CallOptions = {
  /**
   * Ends waits at once, and requests that change nothing. A publish or a create in flight is not cut off: its
   * outcome would be lost.
   */
  signal?: AbortSignal;
  onWait?: (wait: Wait) => void;
  /** May use the reserved share of the quota, and is sent also while Open Cloud seems to be down: for a rollback. */
  urgent?: boolean;
};

const waitSliceMs = 5_000;

export type Caller = {
  /** Sends with the key and reads the JSON answer. Whatever Open Cloud says, no message carries the key. */
  call: <Schema extends z.ZodType>(
    describe: (key: string) => OpenCloudRequest,
    schema: Schema,
    options?: CallOptions,
  ) => Promise<z.output<Schema>>;
  /** Fetches content from another server, which has no part in Open Cloud's key, quota or outages. */
  fetch: (request: OpenCloudRequest, options: CallOptions) => Promise<Answer>;
  wait: (milliseconds: number, notice: Omit<Wait, 'remainingMs'>, options: CallOptions) => Promise<void>;
};

export function createCaller({
  transport,
  apiKey,
  clock,
  gate,
  breaker,
}: {
  transport: Transport;
  apiKey: () => string | Promise<string>;
  clock: Clock;
  gate: QuotaGate;
  breaker: CircuitBreaker;
}): Caller {
  async function wait(milliseconds: number, notice: Omit<Wait, 'remainingMs'>, options: CallOptions) {
    for (let remainingMs = milliseconds; remainingMs > 0; remainingMs -= waitSliceMs) {
      options.onWait?.({ ...notice, remainingMs });
      await clock.sleep(Math.min(waitSliceMs, remainingMs), options.signal);
    }
  }

  /** Waits until the quota has room, rather than provoking a 429. */
  async function waitForQuota(call: CallName, key: string, tries: number, options: CallOptions) {
    for (let waitedMs = 0; ;) {
      const grant = await gate.take(call, key, options.urgent === true);
      if (grant.granted) return;
      if (waitedMs + grant.waitMs > maximumQuotaWaitMs) {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `The quota of ${call} stayed used up for ${String(Math.round(waitedMs / 1000))} s. Nothing was sent: ` +
            'try again in a minute.',
          { details: { call, retryAfterSeconds: Math.ceil(grant.waitMs / 1000) } },
        );
      }
      await wait(grant.waitMs, { call, reason: 'the quota is used up', tries }, options);
      waitedMs += grant.waitMs;
    }
  }

  async function exchange(
    request: OpenCloudRequest,
    key: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    try {
      return { answer: await transport.exchange(request, key, signal) };
    } catch (error) {
      if (error instanceof TransportFailure) return { failure: error };
      throw error;
    }
  }

  /** One request, where quota and breaker let it pass. */
  async function attempt(
    request: OpenCloudRequest,
    key: string,
    tries: number,
    options: CallOptions,
  ): Promise<Attempt> {
    const { call } = request;
    const urgent = options.urgent === true;
    breaker.check(call, urgent);
    await waitForQuota(call, key, tries, options);
    breaker.admit(call, urgent);
    let outcome: Attempt | undefined;
    try {
      const signal = describeCall(call).retry === 'safe' ? options.signal : undefined;
      outcome = await exchange(request, call === 'introspectKey' ? undefined : key, signal);
    } finally {
      breaker.report(call, outcome);
    }
    if ('answer' in outcome) gate.observe(call, key, outcome.answer.headers);
    return outcome;
  }

  /** Sends, and sends again where that is right, until there is a 2xx answer or a failure. */
  async function send(
    request: OpenCloudRequest,
    once: (tries: number) => Promise<Attempt>,
    options: CallOptions,
  ): Promise<Answer> {
    const { retry } = describeCall(request.call);
    let waitedMs = 0;
    for (let tries = 1; ; tries += 1) {
      options.signal?.throwIfAborted();
      const outcome = await once(tries);
      if ('answer' in outcome && outcome.answer.status >= 200 && outcome.answer.status < 300)
        return outcome.answer;
      const delay = retryDelay(retry, outcome, tries, waitedMs, clock.now());
      if (delay === undefined) {
        throw 'answer' in outcome
          ? failureOfAnswer(request.call, outcome.answer)
          : failureOfTransport(request.call, outcome.failure);
      }
      const reason =
        'answer' in outcome ? `answered ${String(outcome.answer.status)}` : outcome.failure.message;
      await wait(delay, { call: request.call, reason, tries }, options);
      waitedMs += delay;
    }
  }

  return {
    async call(describe, schema, options = {}) {
      const key = await apiKey();
      const request = describe(key);
      try {
        const answer = await send(request, (tries) => attempt(request, key, tries, options), options);
        return parseAnswer(request.call, answer, schema);
      } catch (error) {
        throw withoutSecret(error, key);
      }
    },
    fetch: (request, options) => send(request, () => exchange(request, undefined, options.signal), options),
    wait,
  };
}
