import { chmod, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import lockfile from 'proper-lockfile';

import { GraveshiftError } from '../../domain/failure.js';

const stagingPrefix = '.staging-';
/** A holder touches its lock every few seconds; one that has not for this long is dead. */
const lockStaleMs = 10_000;
const lockUpdateMs = 2_000;
const lockPollMs = 250;

/**
 * Runs `work` in one process at a time, for a tool's folder in the cache. Whoever had to wait asks `ready` first: what
 * the process before it has made need not be made again.
 */
export async function withToolLock<T>(options: {
  folder: string;
  ready: () => Promise<T | undefined>;
  work: () => Promise<T>;
  onWait: () => void;
  signal?: AbortSignal | undefined;
}): Promise<T> {
  const { folder } = options;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new GraveshiftError(
      'StorageFailure',
      `The cache folder ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Make it writable, or set GRAVESHIFT_CACHE to a folder that is.',
      { details: { folder }, cause },
    );
  });
  for (let waited = false; ; waited = true) {
    options.signal?.throwIfAborted();
    const release = await tryLock(folder);
    if (release !== undefined) {
      try {
        return (await options.ready()) ?? (await options.work());
      } finally {
        // A lock that was taken over while this machine slept is no longer ours to release.
        await release().catch(() => undefined);
      }
    }
    if (!waited) options.onWait();
    await delay(lockPollMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

async function tryLock(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lockfile.lock(folder, {
      realpath: false,
      lockfilePath: path.join(folder, '.lock'),
      stale: lockStaleMs,
      update: lockUpdateMs,
      retries: 0,
      // Losing the lock (a suspended laptop) costs double work, never a bad file: the rename is atomic.
      onCompromised: () => undefined,
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return undefined;
    throw error;
  }
}

/** Makes an empty folder beside the final place, after removing what killed processes left. Needs the lock. */
export async function makeStaging(folder: string): Promise<string> {
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(stagingPrefix)) await rm(path.join(folder, entry), { recursive: true, force: true });
  }
  return await mkdtemp(path.join(folder, stagingPrefix));
}

/** Puts a checked file into its final place in one step, flushed to the disk first. */
export async function adoptBinary(file: string, destination: string): Promise<string> {
  await chmod(file, 0o755);
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(file, destination);
  return destination;
}
