import type { z } from 'zod';

import { parseAnswer, withoutSecret } from './answers.js';
import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { Clock } from './clock.js';
import { failureOfAnswer, failureOfTransport } from './failures.js';
import type { OpenCloudRequest } from './requests.js';
import type { Attempt } from './retry.js';
import { retryDelay } from './retry.js';
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
};

const waitSliceMs = 5_000;

export type Caller = {
  /** Sends with the key and reads the JSON answer. Whatever Open Cloud says, no message carries the key. */
  call: <Schema extends z.ZodType>(
    describe: (key: string) => OpenCloudRequest,
    schema: Schema,
    options?: CallOptions,
  ) => Promise<z.output<Schema>>;
  /** Sends without the key, until there is a 2xx answer or a failure. */
  fetch: (request: OpenCloudRequest, options: CallOptions) => Promise<Answer>;
  wait: (milliseconds: number, notice: Omit<Wait, 'remainingMs'>, options: CallOptions) => Promise<void>;
};

export function createCaller({
  transport,
  apiKey,
  clock,
}: {
  transport: Transport;
  apiKey: () => string | Promise<string>;
  clock: Clock;
}): Caller {
  async function wait(milliseconds: number, notice: Omit<Wait, 'remainingMs'>, options: CallOptions) {
    for (let remainingMs = milliseconds; remainingMs > 0; remainingMs -= waitSliceMs) {
      options.onWait?.({ ...notice, remainingMs });
      await clock.sleep(Math.min(waitSliceMs, remainingMs), options.signal);
    }
  }

  async function attempt(
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

  /** Sends, and sends again where that is right, until there is a 2xx answer or a failure. */
  async function send(
    request: OpenCloudRequest,
    key: string | undefined,
    options: CallOptions,
  ): Promise<Answer> {
    const { retry } = describeCall(request.call);
    let waitedMs = 0;
    for (let tries = 1; ; tries += 1) {
      options.signal?.throwIfAborted();
      const outcome = await attempt(request, key, retry === 'safe' ? options.signal : undefined);
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
        const answer = await send(request, request.call === 'introspectKey' ? undefined : key, options);
        return parseAnswer(request.call, answer, schema);
      } catch (error) {
        throw withoutSecret(error, key);
      }
    },
    fetch: (request, options) => send(request, undefined, options),
    wait,
  };
}
