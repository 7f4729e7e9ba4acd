import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { z } from 'zod';

import type { LuauLogEntry, LuauOutcome } from './luau-state.js';

export type LuauJob = {
  script: string;
  placePath: string;
  format: 'rbxl' | 'rbxlx';
  placeId: number;
  placeVersion: number;
  gameId: number;
};

const memoryLimitBytes = 512 * 1024 * 1024;
/** The service's own limits. */
const largestOutputBytes = 4 * 1024 * 1024;
const keptLogBytes = 450 * 1024;

/** The interpreter as V8 has compiled it, which the first thread leaves to those after it. */
export type LuauInterpreter = { compiled?: object };
const sharedSchema = z.object({
  compiled: z.custom<object>((value) => typeof value === 'object' && value !== null),
});

const messageSchema = z.object({
  kind: z.enum(['print', 'warn', 'error', 'complete', 'failed', 'crashed']),
  text: z.string(),
});

const requireHere = createRequire(import.meta.url);

/** The package's `luau/host`: the nearest one above this file, which is the same from `src` and from `dist`. */
function hostFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'luau', 'host');
    if (existsSync(join(candidate, 'execution-worker.js'))) return candidate;
    if (dirname(folder) === folder)
      throw new Error(`The package's luau/host folder is missing above ${start}.`);
  }
}

/** Runs a task's script in a thread of its own. Never throws for what the script does. */
export async function runLuauJob(
  job: LuauJob,
  timeoutMs: number,
  { signal, interpreter }: { signal: AbortSignal; interpreter: LuauInterpreter },
): Promise<LuauOutcome> {
  const folder = hostFolder();
  const worker = new Worker(join(folder, 'execution-worker.js'), {
    workerData: {
      job,
      luauUrl: pathToFileURL(requireHere.resolve('luau-web')).href,
      rbxDomUrl: pathToFileURL(requireHere.resolve('rbx-dom')).href,
      preludePath: join(folder, 'execution.luau'),
      memoryLimitBytes,
      compiled: interpreter.compiled,
    },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  try {
    return await listen(worker, timeoutMs, interpreter, signal);
  } finally {
    await worker.terminate();
  }
}

function listen(
  worker: Worker,
  timeoutMs: number,
  interpreter: LuauInterpreter,
  signal: AbortSignal,
): Promise<LuauOutcome> {
  const logs: LuauLogEntry[] = [];
  let logBytes = 0;
  const keep = (type: LuauLogEntry['type'], message: string) => {
    logs.push({ type, message, at: Date.now() });
    logBytes += Buffer.byteLength(message);
    while (logBytes > keptLogBytes && logs.length > 1)
      logBytes -= Buffer.byteLength(logs.shift()?.message ?? '');
  };
  return new Promise((resolve, reject) => {
    const finish = (outcome: Omit<LuauOutcome, 'logs'>) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve({ ...outcome, logs });
    };
    const fail = (code: NonNullable<LuauOutcome['error']>['code'], message: string) =>
      finish({ error: { code, message } });
    const abort = () => {
      clearTimeout(timer);
      reject(new Error('the emulator closes'));
    };
    const timer = setTimeout(
      () => fail('DEADLINE_EXCEEDED', `The script did not finish within ${String(timeoutMs / 1000)} s.`),
      timeoutMs,
    );
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', (raw: unknown) => {
      const shared = sharedSchema.safeParse(raw);
      if (shared.success) {
        interpreter.compiled = shared.data.compiled;
        return;
      }
      const message = messageSchema.safeParse(raw);
      if (!message.success) {
        fail('INTERNAL_ERROR', 'The interpreter answered something else than a message.');
        return;
      }
      const { kind, text } = message.data;
      switch (kind) {
        case 'print':
          keep('OUTPUT', text);
          break;
        case 'warn':
          keep('WARNING', text);
          break;
        case 'error':
          keep('ERROR', text);
          break;
        case 'failed':
          fail('SCRIPT_ERROR', text);
          break;
        case 'crashed':
          fail('INTERNAL_ERROR', text);
          break;
        case 'complete':
          if (Buffer.byteLength(text) > largestOutputBytes) {
            fail('OUTPUT_SIZE_LIMIT_EXCEEDED', 'The results are larger than 4 MB.');
          } else finish({ results: text });
          break;
      }
    });
    worker.on('error', (error: unknown) =>
      fail('INTERNAL_ERROR', error instanceof Error ? error.message : String(error)),
    );
    worker.on('exit', () => fail('INTERNAL_ERROR', 'The interpreter stopped without an answer.'));
  });
}
