import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { GraveshiftError } from '../domain/failure.js';
import { openLog, readSince, readTail } from './log-file.js';

export type ChildExit = { code: number | null; signal: NodeJS.Signals | null };

/** A process of the stack. */
export type ManagedChild = {
  name: string;
  pid: number;
  /** Program and arguments, as they were started. */
  command: string[];
  logFile: string;
  /** Settles when the process has ended; never rejects. */
  exited: Promise<ChildExit>;
  /** Asks it to end, waits, and ends it by force when it does not. */
  stop: (graceMs: number) => Promise<ChildExit>;
  /** Everything it wrote since its start. */
  output: () => Promise<string>;
  /** What it wrote last, for an error message. */
  lastWords: () => Promise<string>;
};

/** How long a process may take to be gone after it was killed. */
const killMs = 5000;

/**
 * Starts a process whose output goes straight to a log file, so that it can go on writing when its owner is gone. It gets a process group of its own, so that Ctrl-C reaches only
 * the stack's owner, which drains in order; and a pipe as its standard input, which ends when the owner is
 * gone, even by kill -9.
 */
export async function startChild(options: {
  name: string;
  command: readonly [string, ...string[]];
  env: Readonly<Record<string, string | undefined>>;
  logFile: string;
}): Promise<ManagedChild> {
  const { name, logFile } = options;
  const [file, ...args] = options.command;
  const log = await openLog(logFile);
  const { size: offset } = await log.stat();
  const child = spawn(file, args, {
    env: options.env,
    detached: true,
    windowsHide: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const started = await hasStarted(child);
  await log.close();
  if (started instanceof Error || child.pid === undefined) {
    throw new GraveshiftError('ServiceUnavailable', `${name} could not be started: ${String(started)}`, {
      details: { name, command: [...options.command] },
      cause: started,
    });
  }
  // A child that ends closes its end of the pipe: that is told by `exited`.
  child.stdin?.on('error', () => undefined);
  return {
    name,
    pid: child.pid,
    command: [...options.command],
    logFile,
    exited,
    stop: async (graceMs) => await stopChild(child, exited, graceMs),
    output: async () => await readSince(logFile, offset),
    lastWords: async () => await readTail(logFile, offset),
  };
}

async function hasStarted(child: ChildProcess): Promise<Error | undefined> {
  return await new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<ChildExit>,
  graceMs: number,
): Promise<ChildExit> {
  child.stdin?.end();
  // Windows has no signal that a process can answer: there, the end of standard input asks.
  if (process.platform !== 'win32') child.kill('SIGTERM');
  const ended = await within(exited, graceMs);
  if (ended !== undefined) return ended;
  child.kill('SIGKILL');
  return (await within(exited, killMs)) ?? { code: null, signal: 'SIGKILL' };
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise,
      delay(limitMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
  } finally {
    timer.abort();
  }
}
