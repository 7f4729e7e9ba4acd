import { availableParallelism } from 'node:os';

import type { LuauTools } from '../../domain/luau-tools.js';
import type { Environment } from '../processes/executable.js';
import { findLuauKit, installRemedy } from './find-luau-kit.js';
import { createKitRuntime } from './kit-runtime.js';
import { createWebRuntime } from './web-runtime.js';

export { installLuauKit } from './build-luau-kit.js';
export { findCompilers, type CargoCheck } from './find-compilers.js';
export { findLuauKit, installRemedy, type LuauKit, type LuauKitSearchResult } from './find-luau-kit.js';
export { createWebRuntime } from './web-runtime.js';

/**
 * The tools that this machine has. Finds, never builds: that is `installLuauKit`.
 * @throws GraveshiftError `InvalidInput` where `GRAVESHIFT_LUAU_KIT` names nothing usable
 */
export async function createLuauTools(options: {
  env: Environment;
  /** The user's cache. */
  cacheDirectory: string;
  /** How many programs run at once; default: one a core. */
  parallel?: number;
}): Promise<LuauTools> {
  const parallel = options.parallel ?? availableParallelism();
  const { found } = await findLuauKit(options);
  if (found === undefined) {
    return {
      runtime: createWebRuntime({ parallel }),
      unchecked: `Luau is not type-checked on this machine: there is no luau-kit. ${installRemedy}`,
      close: () => Promise.resolve(),
    };
  }
  const runtime = createKitRuntime({ path: found.path, env: options.env, parallel });
  return {
    runtime,
    unchecked: 'not yet',
    close: () => {
      runtime.close();
      return Promise.resolve();
    },
  };
}
