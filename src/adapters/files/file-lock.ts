import { setTimeout as sleep } from 'node:timers/promises';

import { check, lock } from 'proper-lockfile';

import { GraveshiftError } from '../../domain/failure.js';

/** A holder refreshes its lock four times in this time; one that does not is dead, and its lock is taken over. */
const staleMs = 10_000;
const patienceMs = 15 * 60_000;

type LockOptions = { signal?: AbortSignal | undefined };

/**
 * Runs the work while holding the path's lock, across processes. The work's signal aborts when the caller's does, or
 * when the lock was lost (a machine that slept longer than the lock lives).
 */
export async function withFileLock<Result>(
  target: string,
  options: LockOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const release = await acquire(target, options, (error) => lost.abort(lostLock(target, error)));
  const signal = options.signal ? AbortSignal.any([options.signal, lost.signal]) : lost.signal;
  try {
    const result = await work(signal);
    lost.signal.throwIfAborted();
    return result;
  } catch (error) {
    // What the abort broke is less telling than why it was aborted.
    lost.signal.throwIfAborted();
    throw error;
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

/** True while a living process holds the path's lock. */
export async function isLocked(target: string): Promise<boolean> {
  return await check(target, { stale: staleMs, realpath: false });
}

/** Holds the path's lock until the returned function is called, or this process ends. */
export async function acquire(
  target: string,
  options: LockOptions,
  onLost: (error: Error) => void,
): Promise<() => Promise<void>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await lock(target, {
        stale: staleMs,
        update: staleMs / 4,
        realpath: false,
        onCompromised: onLost,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (Date.now() > deadline) {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `Another process has held ${target}.lock for ${String(patienceMs / 60_000)} minutes: see what the other worker does, or stop it.`,
          { cause: error },
        );
      }
    }
    // Spread, so that waiting processes do not keep asking in step.
    await sleep(40 + Math.random() * 80, undefined, options.signal ? { signal: options.signal } : {});
  }
}

function lostLock(target: string, cause: Error): GraveshiftError {
  return new GraveshiftError(
    'ServiceUnavailable',
    `The lock ${target}.lock was lost while working under it; the work is tried again.`,
    { cause },
  );
}
