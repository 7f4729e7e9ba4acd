import type { ContentConfig } from '../../domain/content/config.js';
import { contentLayoutSchema, type ContentLayout } from '../../domain/content/layout.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import { z } from 'zod';
import { readLuauFiles } from '../luau/package-files.js';

const entry = 'content/host/main.luau';
/** What needs the engine or is only a test is no part of the rules. */
const outside = /\.spec\.luau$|\/Engine\/|^content\/(templates|testing)\/|ContentHost\.luau$/;
const memoryBytes = 512 * 1024 * 1024;
const layoutSeconds = 60;
/** A seed takes some milliseconds. */
const secondsPerSeed = 2;
/** Seeds of one program: few enough to be spread over cores and to be cancelled. */
const seedsPerProgram = 125;

export type ContentProgram = { chunks: ReadonlyMap<string, string>; modules: readonly string[] };

/** The Luau that lays a content out, as it is emitted. */
export async function readContentProgram(): Promise<ContentProgram> {
  const chunks = new Map<string, string>();
  for (const folder of ['runtime', 'content']) {
    for (const [path, source] of await readLuauFiles(folder)) {
      const name = `${folder}/${path}`;
      const isNeeded = folder === 'content' || path === 'Types.luau';
      if (isNeeded && !outside.test(name)) chunks.set(name, source);
    }
  }
  return { chunks, modules: [...chunks.keys()].filter((name) => name !== entry) };
}

/**
 * Lays the whole content out, as a game's server would, and checks every rule on the result.
 * @throws GraveshiftError `ToolFailure` when the tool died or ran out of time or memory, `CodeFailure` when the
 * generator broke
 */
export async function layOutContent(
  runtime: LuauRuntime,
  { chunks, modules }: ContentProgram,
  config: ContentConfig,
  signal?: AbortSignal,
): Promise<ContentLayout> {
  const result = await runtime.run(
    {
      chunks,
      entry,
      argument: { modules, task: 'layout', config },
      limits: { seconds: layoutSeconds, memoryBytes },
    },
    signal,
  );
  return read(result, contentLayoutSchema, config);
}

const provenSchema = z.object({ problems: z.array(z.string()) });

/**
 * Lays a corner of the content out under each seed, asks for it in another order, and walks through it with limits.
 * @returns what did not hold, with its seed; empty: everything held under every seed
 */
export async function proveContent(
  runtime: LuauRuntime,
  { chunks, modules }: ContentProgram,
  { config, seeds }: { config: ContentConfig; seeds: number },
  signal?: AbortSignal,
): Promise<string[]> {
  const starts = Array.from(
    { length: Math.ceil(seeds / seedsPerProgram) },
    (_, index) => 1 + index * seedsPerProgram,
  );
  const proven = await Promise.all(
    starts.map(async (from) => {
      const to = Math.min(seeds, from + seedsPerProgram - 1);
      const result = await runtime.run(
        {
          chunks,
          entry,
          argument: { modules, task: 'prove', config, from, to },
          limits: { seconds: secondsPerSeed * (to - from + 1), memoryBytes },
        },
        signal,
      );
      return read(result, provenSchema, config).problems;
    }),
  );
  return proven.flat();
}

const measuredSchema = z.array(z.object({ placements: z.number(), seconds: z.number() }));

/** How long the generator and the manager take to bring all of a content in around one player, each time from nothing. */
export async function measureContent(
  runtime: LuauRuntime,
  { chunks, modules }: ContentProgram,
  { config, times }: { config: ContentConfig; times: number },
): Promise<{ placements: number; seconds: number }[]> {
  const result = await runtime.run({
    chunks,
    entry,
    argument: { modules, task: 'measure', config, times },
    limits: { seconds: layoutSeconds, memoryBytes },
  });
  return read({ ...result, reports: [result.reports] }, measuredSchema, config);
}

function read<Schema extends z.ZodType>(
  result: LuauRunResult,
  schema: Schema,
  { id }: Pick<ContentConfig, 'id'>,
): z.output<Schema> {
  if (result.status === 'done') return schema.parse(result.reports[0]);
  const why = result.error?.message ?? result.status;
  if (result.status === 'error') {
    throw new GraveshiftError('CodeFailure', `The generator of ${id} broke: ${why}`, {
      details: { traceback: result.error?.traceback ?? '' },
    });
  }
  throw new GraveshiftError(
    'ToolFailure',
    `${id} could not be laid out (${result.status}): ${why}. A smaller area or lower densities take less`,
  );
}
