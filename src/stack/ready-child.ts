import { setTimeout as delay } from 'node:timers/promises';

import { GraveshiftError } from '../domain/failure.js';
import { parseReady, type Ready } from './child-protocol.js';
import { describeExit } from './dev-server.js';
import { type ChildExit, type ManagedChild, startChild } from './managed-child.js';

const pollMs = 50;

/**
 * Starts a Node process of the stack and waits for its ready line (see `child-protocol.ts`).
 * @throws GraveshiftError `ServiceUnavailable` with its last words and its log file
 */
export async function startReadyChild(options: {
  name: string;
  /** Arguments of Node: a program and what it gets. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  logFile: string;
  readyTimeoutMs: number;
  /** Gets the process as soon as it runs, before it is ready. */
  onStarted: (child: ManagedChild) => Promise<void>;
  stopGraceMs: number;
  signal?: AbortSignal | undefined;
}): Promise<{ child: ManagedChild; ready: Ready }> {
  const child = await startChild({
    name: options.name,
    command: [process.execPath, ...options.args],
    env: options.env,
    logFile: options.logFile,
  });
  await options.onStarted(child);
  const outcome = await waitUntilReady(child, options);
  if (typeof outcome !== 'string') return { child, ready: outcome };
  await child.stop(options.stopGraceMs);
  options.signal?.throwIfAborted();
  throw new GraveshiftError(
    'ServiceUnavailable',
    `${options.name} ${outcome}. Its log is ${options.logFile}; it ends with:\n${await child.lastWords()}`,
    { details: { name: options.name, logFile: options.logFile } },
  );
}

/** @returns the ready message, or what went wrong in words */
async function waitUntilReady(
  child: ManagedChild,
  options: { readyTimeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Ready | string> {
  const deadline = performance.now() + options.readyTimeoutMs;
  let exit: ChildExit | undefined;
  void child.exited.then((value) => {
    exit = value;
  });
  while (performance.now() < deadline) {
    if (exit !== undefined) return `ended before it was ready (${describeExit(exit)})`;
    if (options.signal?.aborted === true) return 'was asked to stop';
    // The text after the last line break is a line that is still being written.
    const lines = (await child.output()).split('\n').slice(0, -1);
    const ready = lines.map(parseReady).find((message) => message !== undefined);
    if (ready !== undefined) return ready;
    await delay(pollMs);
  }
  return `was not ready within ${options.readyTimeoutMs / 1000} s`;
}
