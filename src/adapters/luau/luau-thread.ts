import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { z } from 'zod';

import { luauFolder } from './package-files.js';

/** A Luau module with its place in the game's tree, such as `['ReplicatedStorage', 'Shared', 'Grid']`. */
export type LuauModule = { path: string; source: string; instance: readonly string[] };

export type LuauJob =
  | { kind: 'compile'; files: readonly (readonly [path: string, source: string])[] }
  | { kind: 'spec'; modules: readonly LuauModule[]; entry: string; preludePath: string };

const messageSchema = z.object({
  kind: z.enum([
    'compile-error',
    'print',
    'started',
    'passed',
    'failed',
    'broken',
    /** The whole job ran. */
    'done',
    'crashed',
  ]),
  name: z.string(),
  text: z.string(),
});
export type LuauMessage = z.infer<typeof messageSchema>;

/** What a thread compiled for those after it: a `WebAssembly.Module`, which only another thread can look into. */
const sharedSchema = z.object({
  compiled: z.custom<object>((value) => typeof value === 'object' && value !== null),
});

/** How the thread ended. `timeout`: it was ended from outside, after its limit. */
export type LuauThreadEnd = 'done' | 'timeout' | 'crashed';

export type LuauThreadResult = { end: LuauThreadEnd; messages: LuauMessage[]; crash?: string };

export type LuauLimits = {
  /** Milliseconds after which the thread is ended. */
  timeoutMs: number;
  /** Bytes of WebAssembly memory, the Luau heap with its interpreter. */
  memoryBytes: number;
};

/** Generous for unit tests of pure rules; an endless loop costs this long. */
export const defaultLuauLimits: LuauLimits = { timeoutMs: 10_000, memoryBytes: 256 * 1024 * 1024 };

/**
 * The interpreter as V8 has compiled it. Threads that are given the same one compile it once instead of each for
 * itself, which costs more than most specs do: their machine code is shared, their memory is not.
 */
export type LuauInterpreter = { compiled?: object };

/** Far more than any honest spec reports; a dishonest one must not fill this process's memory. */
const keptMessages = 10_000;

const luauUrl = pathToFileURL(createRequire(import.meta.url).resolve('luau-web')).href;

/** Runs one job in a thread of its own and gathers what it reports, in order. Never throws for what the Luau does. */
export async function runLuauThread(
  job: LuauJob,
  limits: LuauLimits,
  { signal, interpreter = {} }: { signal?: AbortSignal | undefined; interpreter?: LuauInterpreter } = {},
): Promise<LuauThreadResult> {
  signal?.throwIfAborted();
  const worker = new Worker(join(luauFolder(), 'host', 'worker.js'), {
    workerData: {
      job,
      luauUrl,
      memoryLimitBytes: limits.memoryBytes,
      compiled: interpreter.compiled,
      shareCompiled: interpreter.compiled === undefined,
    },
    env: {},
    execArgv: [],
    // The interpreter's own notes go to neither our output nor our logs.
    stdout: true,
    stderr: true,
  });
  try {
    return await listen(worker, limits, interpreter, signal);
  } finally {
    // Waited for, so that no two threads hold their memory at once.
    await worker.terminate();
  }
}

function listen(
  worker: Worker,
  limits: LuauLimits,
  interpreter: LuauInterpreter,
  signal: AbortSignal | undefined,
): Promise<LuauThreadResult> {
  const messages: LuauMessage[] = [];
  return new Promise<LuauThreadResult>((resolve, reject) => {
    const finish = (end: LuauThreadEnd, crash?: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ end, messages, ...(crash === undefined ? {} : { crash }) });
    };
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => finish('timeout'), limits.timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (raw: unknown) => {
      const shared = sharedSchema.safeParse(raw);
      if (shared.success) {
        interpreter.compiled = shared.data.compiled;
        return;
      }
      const parsed = messageSchema.safeParse(raw);
      if (!parsed.success) finish('crashed', 'the interpreter answered something else than a message');
      else if (parsed.data.kind === 'done') finish('done');
      else if (parsed.data.kind === 'crashed') finish('crashed', parsed.data.text);
      else if (messages.length < keptMessages) messages.push(parsed.data);
    });
    worker.on('error', (error: unknown) => {
      finish('crashed', error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => finish('crashed', 'the interpreter stopped without an answer'));
  });
}
