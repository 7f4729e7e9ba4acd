/**
 * How the stack and its Node processes (the emulator, the worker) understand each other:
 * - When the process can do its work it prints one line of JSON on standard output, `{"ready":true,…}`; a server adds
 *   its `url`. Everything else that it prints goes to its log.
 * - SIGTERM asks it to drain and end; so does the end of its standard input, which comes when the stack's owner is
 *   gone, even by kill -9, and is the only way to ask on Windows.
 */
import { z } from 'zod';

/** Set for processes of a stack: only then does the end of standard input mean anything. */
export const stackVariable = 'GRAVESHIFT_STACK';

const readySchema = z.looseObject({ ready: z.literal(true), url: z.url().optional() });
export type Ready = { url?: string | undefined };

/** Says that this process is ready. For the processes of a stack. */
export function announceReady(details: { url?: string } = {}): void {
  process.stdout.write(`${JSON.stringify({ ready: true, ...details })}\n`);
}

/** Calls back once when this process is asked to drain and end. For the processes of a stack. */
export function onStopRequest(callback: (reason: string) => void): void {
  let asked = false;
  const ask = (reason: string) => {
    if (asked) return;
    asked = true;
    callback(reason);
  };
  // Not `once`: a handler that removes itself lets others (proper-lockfile's) end the process at once.
  process.on('SIGTERM', () => ask('SIGTERM'));
  process.on('SIGINT', () => ask('SIGINT'));
  if (process.env[stackVariable] === undefined) return;
  process.stdin.once('end', () => ask('the stack has ended'));
  process.stdin.once('error', () => ask('the stack has ended'));
  process.stdin.resume();
  // Waiting for that end must not keep a process alive that has drained.
  if ('unref' in process.stdin) process.stdin.unref();
}

/** Reads a line as the ready message; undefined for every other line. */
export function parseReady(line: string): Ready | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = readySchema.safeParse(JSON.parse(line));
    return parsed.success ? { url: parsed.data.url } : undefined;
  } catch {
    return undefined;
  }
}
