import lockfile from 'proper-lockfile';

import { GraveshiftError } from '../domain/failure.js';
import { describeExit } from './dev-server.js';
import { ensureHome, homePaths } from './home.js';
import { endOrphans } from './orphans.js';
import { processIdentity } from './process-identity.js';
import { readRunningStack, removeStackFile, type StackFile, writeStackFile } from './stack-file.js';
import type { Stack, StackOptions } from './stack-options.js';
import { type StackPart, startParts } from './stack-parts.js';

/** A starting stack touches its lock every few seconds; one that has not for this long is dead. */
const startLockStaleMs = 10_000;
const orphanGraceMs = 10_000;

/**
 * Starts Temporal, the Open Cloud emulator and a worker, each a process of its own. Nothing is restarted in
 * silence: when one dies, the others are stopped and `ended` says which and where its log is.
 * @throws GraveshiftError `AlreadyRunning` naming the stack that runs under this home, `InvalidInput` for a port in use,
 *   `ServiceUnavailable` with the last words of what did not start; then nothing is left running
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { home } = options;
  await ensureHome(homePaths(home));
  const release = await lockStart(home);
  try {
    await makeRoom(options);
    let parts: StackPart[] = [];
    const file: StackFile = { startedAt: new Date().toISOString(), processes: [] };
    /** A part that is started again, on another free port, takes the place of its first try. */
    const record = async (process: Omit<StackFile['processes'][number], 'identity'>) => {
      const identity = await processIdentity(process.pid);
      file.processes = file.processes.filter(({ name }) => name !== process.name);
      file.processes.push({ ...process, ...(identity === undefined ? {} : { identity }) });
      await writeStackFile(home, file);
    };
    await record({ name: 'owner', pid: process.pid });
    try {
      const { addresses, pids } = await startParts(options, async (part) => {
        parts = [...parts.filter(({ name }) => name !== part.name), part];
        await record({ name: part.name, pid: part.pid, logFile: part.logFile });
      });
      file.addresses = addresses;
      await writeStackFile(home, file);
      return { addresses, pids, ...supervise(options, parts) };
    } catch (error) {
      await stopParts(parts, options);
      await removeStackFile(home);
      throw error;
    }
  } finally {
    // Taken over while this machine slept: no longer ours to release.
    await release().catch(() => undefined);
  }
}

async function lockStart(home: string): Promise<() => Promise<void>> {
  try {
    return await lockfile.lock(homePaths(home).run, {
      stale: startLockStaleMs,
      onCompromised: () => undefined,
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
    throw new GraveshiftError(
      'AlreadyRunning',
      `Another start under ${home} is in progress: wait for it, or use another home (--home).`,
      { details: { home } },
    );
  }
}

/** Refuses a second stack under one home, and ends what a killed one left. */
async function makeRoom(options: StackOptions): Promise<void> {
  const status = await readRunningStack(options.home);
  switch (status.state) {
    case 'none':
      return;
    case 'orphaned':
      await endOrphans(status.alive, orphanGraceMs, ({ name, pid }) =>
        options.onEvent?.({ type: 'orphan', name, pid }),
      );
      await removeStackFile(options.home);
      return;
    case 'running':
    case 'not-answering':
      throw alreadyRunning(options.home, status.stack);
  }
}

function alreadyRunning(home: string, stack: StackFile): GraveshiftError {
  const pid = stack.processes.find(({ name }) => name === 'owner')?.pid;
  const where =
    stack.addresses === undefined
      ? 'but does not answer (it starts, stops or hangs)'
      : `with Temporal on ${stack.addresses.temporal} and the emulator on ${stack.addresses.emulator}`;
  return new GraveshiftError(
    'AlreadyRunning',
    `A stack already runs under ${home} as process ${String(pid)}, since ${stack.startedAt}, ${where}: ` +
      'use it, end that process, or use another home (--home) and other ports.',
    { details: { home, pid, ...stack.addresses } },
  );
}

function supervise(options: StackOptions, parts: readonly StackPart[]): Pick<Stack, 'ended' | 'stop'> {
  let stopping: Promise<void> | undefined;
  let failure: GraveshiftError | undefined;
  let announceEnd: (failure: GraveshiftError | undefined) => void = () => undefined;
  const ended = new Promise<GraveshiftError | undefined>((resolve) => {
    announceEnd = resolve;
  });
  const stop = async (): Promise<void> => {
    stopping ??= stopParts(parts, options)
      .then(async () => await removeStackFile(options.home))
      .finally(() => announceEnd(failure));
    await stopping;
  };
  for (const part of parts) {
    void part.exited.then(async (exit) => {
      if (stopping !== undefined) return;
      failure = new GraveshiftError(
        'ServiceUnavailable',
        `${partNames[part.name]} ended by itself (${describeExit(exit)}), so the stack was stopped. Its log is ${part.logFile}.`,
        { details: { name: part.name, logFile: part.logFile, ...exit } },
      );
      // What goes wrong in the stop is told to whoever calls `stop`; the reason of it is this failure.
      await stop().catch(() => undefined);
    });
  }
  return { ended, stop };
}

const partNames = {
  temporal: 'The Temporal dev server',
  emulator: 'The Open Cloud emulator',
  worker: 'The worker',
} as const satisfies Record<StackPart['name'], string>;

/** In the reverse order of their start: a worker that drains needs the servers. */
async function stopParts(parts: readonly StackPart[], { onEvent }: StackOptions): Promise<void> {
  for (const part of parts.toReversed()) {
    onEvent?.({ type: 'stopping', name: part.name });
    await part.end();
  }
}
