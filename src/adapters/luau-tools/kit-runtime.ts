import { z } from 'zod';

import type { LuauProgram, LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import type { Environment } from '../processes/executable.js';
import { KitGone, KitProcess } from './kit-process.js';
import { defaultRunLimits, failedRun } from './run-result.js';
import { createSlots } from './slots.js';

/** What luau-kit may need beyond the program's own time: to compile it, and to send what it reported. */
const graceMs = 5000;

const lineNumber = z.coerce.number().int().positive();
const resultSchema = z.object({
  status: z.enum(['done', 'error', 'timeout', 'memory']),
  reports: z.array(z.unknown()),
  output: z.array(z.string()),
  error: z.object({ message: z.string(), traceback: z.string() }).optional(),
  coverage: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  milliseconds: z.number(),
  peakBytes: z.number(),
});

export type KitRuntime = LuauRuntime & { close(): void; pids(): number[] };

/** Runs programs in a pool of luau-kit processes, each program in a virtual machine of its own. */
export function createKitRuntime(options: {
  path: string;
  env: Environment;
  parallel: number;
  /** Milliseconds on top of a program's own limit before its process is killed. */
  graceMs?: number;
}): KitRuntime {
  const slots = createSlots(options.parallel);
  const all: KitProcess[] = [];
  const idle: KitProcess[] = [];
  let isClosed = false;
  const start = () => {
    if (isClosed) throw new Error('luau-kit is closed');
    const process = new KitProcess(options);
    all.push(process);
    return process;
  };

  return {
    name: 'luau-kit',
    measuresCoverage: true,
    parallel: options.parallel,
    run: (program, signal) =>
      slots(async () => {
        // The one that was used last has its code and memory warm.
        const process = idle.pop() ?? start();
        try {
          return await run(process, program, options.graceMs ?? graceMs, signal);
        } finally {
          idle.push(process);
        }
      }, signal),
    close: () => {
      isClosed = true;
      all.forEach((process) => process.close());
    },
    pids: () => all.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
  };
}

async function run(
  process: KitProcess,
  program: LuauProgram,
  grace: number,
  signal: AbortSignal | undefined,
): Promise<LuauRunResult> {
  const limits = { ...defaultRunLimits, ...program.limits };
  const params = {
    chunks: [...program.chunks],
    entry: program.entry,
    argument: program.argument ?? null,
    limits,
    coverage: program.coverage ?? [],
  };
  const startedAt = performance.now();
  try {
    const timeoutMs = limits.seconds * 1000 + grace;
    const { coverage, error, ...result } = resultSchema.parse(
      await process.request({ method: 'run', params, timeoutMs, signal }),
    );
    return {
      ...result,
      ...(error === undefined ? {} : { error }),
      ...(coverage === undefined ? {} : { coverage: toLineMaps(coverage) }),
    };
  } catch (error) {
    if (!(error instanceof KitGone)) throw error;
    const status = error.why === 'hung' ? 'timeout' : 'crashed';
    return failedRun(status, error.message, performance.now() - startedAt);
  }
}

function toLineMaps(coverage: Record<string, Record<string, number>>): Map<string, Map<number, number>> {
  return new Map(
    Object.entries(coverage).map(([chunk, lines]) => [
      chunk,
      new Map(Object.entries(lines).map(([line, hits]) => [lineNumber.parse(line), hits])),
    ]),
  );
}
