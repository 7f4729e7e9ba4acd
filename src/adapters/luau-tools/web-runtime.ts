import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { z } from 'zod';

import type { LuauProgram, LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import { luauLiteral } from '../luau/luau-literal.js';
import { luauFolder } from '../luau/package-files.js';
import { defaultRunLimits, failedRun } from './run-result.js';
import { createSlots } from './slots.js';

/** The interpreter's own start, which is no part of the program's time. */
const startMs = 10_000;
const keptPrints = 1000;
const keptCharacters = 2000;

/** Its memory is fixed when it is compiled: the program's own limit changes nothing. */
const outOfMemory =
  'memory limit exceeded: luau-web has 17 MiB in all, luau-kit (graveshift tools install) what the limit says';

/** What the thread tells; see `luau/host/run-worker.js`. */
const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started') }),
  z.object({ kind: z.literal('report'), text: z.string() }),
  z.object({ kind: z.literal('print'), text: z.string() }),
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('failed'), text: z.string(), traceback: z.string() }),
  z.object({ kind: z.literal('memory') }),
  z.object({ kind: z.literal('crashed'), text: z.string() }),
]);

const luauUrl = pathToFileURL(createRequire(import.meta.url).resolve('luau-web')).href;

/**
 * Runs programs in `luau-web`, each in a worker thread of its own: what every machine has. No coverage, no limit on
 * interrupts, 17 MiB of memory whatever the limit says, and a start of about a tenth of a second.
 */
export function createWebRuntime(options: { parallel: number }): LuauRuntime {
  const slots = createSlots(options.parallel);
  return {
    name: 'luau-web',
    measuresCoverage: false,
    parallel: options.parallel,
    run: (program, signal) => slots(() => run(program, signal), signal),
  };
}

async function run(program: LuauProgram, signal: AbortSignal | undefined): Promise<LuauRunResult> {
  if (!program.chunks.has(program.entry)) throw new Error(`entry "${program.entry}" is none of the chunks`);
  const limits = { ...defaultRunLimits, ...program.limits };
  const folder = join(luauFolder(), 'host');
  const worker = new Worker(join(folder, 'run-worker.js'), {
    workerData: {
      luauUrl,
      preludePath: join(folder, 'run.luau'),
      chunks: program.chunks,
      entry: program.entry,
      argument: `return ${luauLiteral(program.argument)}`,
    },
    env: {},
    execArgv: [],
    // The interpreter's own notes go to neither our output nor our logs.
    stdout: true,
    stderr: true,
  });
  try {
    return await listen(worker, limits.seconds, signal);
  } finally {
    // Waited for, so that no two threads hold their memory at once.
    await worker.terminate();
  }
}

function listen(worker: Worker, seconds: number, signal: AbortSignal | undefined): Promise<LuauRunResult> {
  return new Promise((resolve, reject) => {
    const reports: unknown[] = [];
    const output: string[] = [];
    let startedAt = performance.now();
    const finish = (result: Pick<LuauRunResult, 'status' | 'error'>) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ ...result, reports, output, milliseconds: performance.now() - startedAt });
    };
    const fail = (status: 'timeout' | 'crashed' | 'memory', message: string) =>
      finish(failedRun(status, message, 0));
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    let timer = setTimeout(() => fail('crashed', `luau-web did not start within ${startMs} ms`), startMs);
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (raw: unknown) => {
      const message = messageSchema.parse(raw);
      switch (message.kind) {
        case 'started':
          startedAt = performance.now();
          clearTimeout(timer);
          timer = setTimeout(() => fail('timeout', `time limit of ${seconds} s exceeded`), seconds * 1000);
          return;
        case 'report':
          reports.push(JSON.parse(message.text));
          return;
        case 'print':
          if (output.length < keptPrints) output.push(message.text.slice(0, keptCharacters));
          return;
        case 'done':
          finish({ status: 'done' });
          return;
        case 'failed':
          finish({
            status: 'error',
            error: { message: message.text, traceback: message.traceback },
          });
          return;
        case 'memory':
          fail('memory', outOfMemory);
          return;
        case 'crashed':
          fail('crashed', message.text);
          return;
      }
    });
    worker.on('error', (error: unknown) => {
      fail('crashed', error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => fail('crashed', 'luau-web stopped without an answer'));
  });
}
