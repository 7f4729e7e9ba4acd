import { inject } from 'vitest';

import { createLuauTools } from '../../src/adapters/luau-tools/index.js';
import type { LuauChecker } from '../../src/domain/luau-tools.js';
import { resolveCache } from '../../src/stack/home.js';

const kit = inject('luauKit');
const tools = await createLuauTools({
  env: kit === undefined ? process.env : { ...process.env, GRAVESHIFT_LUAU_KIT: kit },
  cacheDirectory: resolveCache(process.env),
});

/** Absent where this machine has no luau-kit; what needs it is skipped then. */
export const checker: LuauChecker | undefined = tools.checker;
export const closeChecker = (): Promise<void> => tools.close();
