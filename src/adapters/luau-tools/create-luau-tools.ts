import { availableParallelism } from 'node:os';

import type { LuauTools } from '../../domain/luau-tools.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';
import { prepareRobloxDefinitions, withAdvice } from '../roblox-api/index.js';
import { findLuauKit, installRemedy } from './find-luau-kit.js';
import { createKitChecker } from './kit-checker.js';
import { createKitRuntime } from './kit-runtime.js';
import { createLspChecker, findLuauLsp } from './luau-lsp.js';
import { createWebRuntime } from './web-runtime.js';

type Options = {
  env: Environment;
  /** The user's cache. */
  cacheDirectory: string;
  /** How many programs run at once; default: one a core. */
  parallel?: number;
};

/**
 * The tools that this machine has: luau-kit for everything, else `luau-lsp` to check and luau-web to run. Finds, never
 * builds: that is `installLuauKit`. No process is started before it is needed.
 * @throws GraveshiftError `InvalidInput` where `GRAVESHIFT_LUAU_KIT` names nothing usable, `StorageFailure` where the
 * engine's definitions cannot be written into the cache
 */
export async function createLuauTools(options: Options): Promise<LuauTools> {
  const { cacheDirectory, parallel = availableParallelism() } = options;
  const { found } = await findLuauKit(options);
  if (found === undefined) return await createToolsWithoutKit(options, parallel);

  const api = await prepareRobloxDefinitions({ cacheDirectory });
  // No key of this process is theirs to know.
  const env = toolEnvironment(options.env);
  const runtime = createKitRuntime({ path: found.path, env, parallel });
  const checker = createKitChecker({
    ...api,
    path: found.path,
    env,
    version: `luau-kit ${found.version}, ${api.version}`,
  });
  return {
    runtime,
    checker: withAdvice(checker, api),
    close: () => {
      runtime.close();
      checker.close();
      return Promise.resolve();
    },
  };
}

async function createToolsWithoutKit(options: Options, parallel: number): Promise<LuauTools> {
  const { cacheDirectory } = options;
  const env = toolEnvironment(options.env);
  const runtime = createWebRuntime({ parallel });
  const close = () => Promise.resolve();
  const lsp = await findLuauLsp(env);
  if (lsp === undefined) {
    const unchecked = `Luau is not type-checked on this machine: there is neither luau-kit nor luau-lsp. ${installRemedy}`;
    return { runtime, unchecked, close };
  }
  const api = await prepareRobloxDefinitions({ cacheDirectory });
  const version = `luau-lsp ${lsp.version}, ${api.version}`;
  return {
    runtime,
    checker: withAdvice(createLspChecker({ ...lsp, env, version, definitions: api.definitions }), api),
    close,
  };
}
