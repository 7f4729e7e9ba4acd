/* global AbortController, AbortSignal */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for the promise, at most so long, and no longer than until the interruption.
 * @template T
 * @param {Promise<T>} promise
 * @param {{ limitMs: number, what: string, signal?: AbortSignal }} options `what` should have happened, in words
 * @returns {Promise<T>}
 */
export async function within(promise, { limitMs, what, signal }) {
  const settled = new AbortController();
  const stop = signal === undefined ? settled.signal : AbortSignal.any([signal, settled.signal]);
  const limit = delay(limitMs, undefined, { signal: stop }).then(
    () => {
      throw new Error(`${what} did not happen within ${limitMs / 1000} s`);
    },
    () => {
      signal?.throwIfAborted();
      // Settled first: the race is decided.
      return promise;
    },
  );
  try {
    return await Promise.race([promise, limit]);
  } finally {
    settled.abort();
  }
}
