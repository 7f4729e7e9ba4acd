import path from 'node:path';

import { executableName } from '../adapters/processes/executable.js';
import { pinnedCliVersion } from './temporal-cli-version.js';

/** Folder of the pinned version in the user's cache. */
export function cliCacheFolder(cacheDirectory: string): string {
  return path.join(cacheDirectory, 'temporal-cli', pinnedCliVersion);
}

export function cachedCliPath(cacheDirectory: string): string {
  return path.join(cliCacheFolder(cacheDirectory), executableName('temporal'));
}
