import { z } from 'zod';

import { codeFindingSchema } from '../../domain/code-finding.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { LuauCheckRequest, LuauChecker } from '../../domain/luau-tools.js';
import type { Environment } from '../processes/executable.js';
import { sortFindings } from './finding-rules.js';
import { KitGone, KitProcess, KitRefusal } from './kit-process.js';
import { createSlots } from './slots.js';

/** Loading takes a second; a check of hundreds of modules a few. Each module has its own limit within luau-kit. */
const loadTimeoutMs = 60_000;
const checkTimeoutMs = 180_000;

const resultSchema = z.object({ findings: z.array(codeFindingSchema) });

export type KitChecker = LuauChecker & { close(): void; pid(): number | undefined };

/**
 * Checks in one warm luau-kit, which keeps the definitions and what it has checked. One request at a time; the others
 * wait.
 */
export function createKitChecker(options: {
  path: string;
  env: Environment;
  version: string;
  /** Paths of the pair of files that `adapters/roblox-api` makes. */
  definitions: string;
  metadata: string;
}): KitChecker {
  const { definitions, metadata } = options;
  let isLoaded = false;
  const process = new KitProcess({ ...options, onStart: () => (isLoaded = false) });
  const inTurn = createSlots(1);

  const load = async (signal: AbortSignal | undefined) => {
    const params = { definitions, metadata };
    await process.request({ method: 'load-definitions', params, timeoutMs: loadTimeoutMs, signal });
    isLoaded = true;
  };
  const check = async (request: LuauCheckRequest, signal: AbortSignal | undefined) => {
    // A process that died between two requests has lost them: the next is asked for what it has not.
    if (process.pid === undefined || !isLoaded) await load(signal);
    return await process.request({
      method: 'check',
      params: toParams(request),
      timeoutMs: checkTimeoutMs,
      signal,
    });
  };

  return {
    name: 'luau-kit',
    version: options.version,
    check: async (request, signal) => {
      const answer = await inTurn(() => check(request, signal).catch(asToolFailure), signal);
      return sortFindings(resultSchema.parse(answer).findings);
    },
    close: () => process.close(),
    pid: () => process.pid,
  };
}

function toParams({ sourceMap, sources, only, solver }: LuauCheckRequest): unknown {
  return {
    sourceMap,
    sources: [...sources],
    ...(only === undefined ? {} : { only: [...only] }),
    ...(solver === undefined ? {} : { solver }),
  };
}

function asToolFailure(error: unknown): never {
  if (error instanceof KitGone) {
    throw new GraveshiftError('ToolFailure', `The type check broke off: ${error.message}`, { cause: error });
  }
  if (error instanceof KitRefusal) {
    throw new GraveshiftError(
      'ToolFailure',
      `luau-kit refuses the type check (${error.code}): ${error.message}`,
      {
        cause: error,
      },
    );
  }
  throw error;
}
