import { GraveshiftError } from '../../domain/failure.js';
import type { Environment } from '../processes/executable.js';
import { cachedKitPath, checkLuauKit } from './kit-version.js';

export type LuauKit = {
  path: string;
  /** Such as `0.1.0 (Luau 0.720)`. */
  version: string;
  source: 'GRAVESHIFT_LUAU_KIT' | 'cache' | 'built';
};

export type LuauKitSearch = {
  env: Environment;
  /** The user's cache; the binary is kept there per version of its sources. */
  cacheDirectory: string;
  signal?: AbortSignal | undefined;
};

export type LuauKitSearchResult = { found: LuauKit } | { found?: undefined; miss: string };

/** What to do where there is none, as a sentence that can stand alone. */
export const installRemedy =
  'Run "graveshift tools install" to build luau-kit once (about 3 minutes), or set GRAVESHIFT_LUAU_KIT to the path of one.';

/**
 * Looks for luau-kit, and builds nothing: `GRAVESHIFT_LUAU_KIT`, then the cache.
 * @throws GraveshiftError `InvalidInput` where the variable names nothing usable
 */
export async function findLuauKit(options: LuauKitSearch): Promise<LuauKitSearchResult> {
  const named = options.env.GRAVESHIFT_LUAU_KIT;
  if (named !== undefined && named !== '') return { found: await requireNamed(named, options) };
  return await findInCache(options);
}

/** A file that a person named is used or refused, never passed over in silence. */
async function requireNamed(file: string, options: LuauKitSearch): Promise<LuauKit> {
  const check = await checkLuauKit(file, options);
  if (check.usable) return { path: file, version: check.version, source: 'GRAVESHIFT_LUAU_KIT' };
  throw new GraveshiftError(
    'InvalidInput',
    `GRAVESHIFT_LUAU_KIT is ${JSON.stringify(file)}, but ${check.reason}. ` +
      'Set it to the path of a luau-kit binary, or unset it and run "graveshift tools install".',
    { details: { path: file, reason: check.reason } },
  );
}

export async function findInCache(options: LuauKitSearch): Promise<LuauKitSearchResult> {
  const file = await cachedKitPath(options.cacheDirectory);
  if (file === undefined) return { miss: 'tools/luau-kit is not part of this installation' };
  const check = await checkLuauKit(file, options);
  return check.usable
    ? { found: { path: file, version: check.version, source: 'cache' } }
    : { miss: `${file}: ${check.reason}` };
}
