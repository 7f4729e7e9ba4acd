import { inject } from 'vitest';

import {
  compileScripts,
  runSpecs,
  type LuauCompileError,
  type LuauModule,
  type LuauTestReport,
  type SpecOptions,
} from '../../src/adapters/luau/index.js';
import { createLuauTools } from '../../src/adapters/luau-tools/index.js';
import type { LuauTools } from '../../src/domain/luau-tools.js';
import { resolveCache } from '../../src/stack/index.js';

/** The test run's Luau tools: with luau-kit where this machine has it or could build it. */
export function luauTools(): Promise<LuauTools> {
  const kit = inject('luauKit');
  return createLuauTools({
    env: { ...process.env, ...(kit !== undefined && { GRAVESHIFT_LUAU_KIT: kit }) },
    cacheDirectory: resolveCache(process.env),
    parallel: 2,
  });
}

/** Runs specs with the given tools, as the gate does. */
export async function testLuau(
  modules: readonly LuauModule[],
  options: SpecOptions = {},
): Promise<LuauTestReport> {
  const tools = await luauTools();
  try {
    return await runSpecs(tools.runtime, modules, options);
  } finally {
    await tools.close();
  }
}

/** What does not compile. */
export async function compileLuau(files: ReadonlyMap<string, string>): Promise<LuauCompileError[]> {
  const tools = await luauTools();
  try {
    return await compileScripts(tools.runtime, files);
  } finally {
    await tools.close();
  }
}
