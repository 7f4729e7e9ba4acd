import { rm } from 'node:fs/promises';

import { type Environment, findInPath } from '../adapters/processes/executable.js';
import { adoptBinary, makeStaging, withToolLock } from '../adapters/processes/tool-cache.js';
import { GraveshiftError } from '../domain/failure.js';
import { buildTemporalCli, findGo, type GoCheck, minimumGoVersion } from './temporal-cli-build.js';
import { cachedCliPath, cliCacheFolder } from './temporal-cli-cache.js';
import { defaultDownloadLimits, type DownloadLimits, downloadTemporalCli } from './temporal-cli-download.js';
import { checkTemporalCli, minimumCliVersion, pinnedCliVersion } from './temporal-cli-version.js';

export type TemporalCliSource = 'TEMPORAL_CLI' | 'PATH' | 'cache' | 'download' | 'built';
export type TemporalCli = { path: string; version: string; source: TemporalCliSource };

export type TemporalCliSearch = {
  env: Environment;
  /** The user's cache; the binary is kept there per version. */
  cacheDirectory: string;
  signal?: AbortSignal | undefined;
};

/** A place where no usable CLI was, and why. */
export type TemporalCliMiss = { place: string; reason: string };

export type TemporalCliDescription = {
  /** What `findTemporalCli` would use at once; absent: it would have to get it. */
  found?: TemporalCli;
  misses: TemporalCliMiss[];
  /** What would be tried when nothing is found: the download, then a build with this Go. */
  go: GoCheck;
};

const remedy =
  `install the Temporal CLI ${minimumCliVersion} or newer (https://docs.temporal.io/cli/setup-cli), ` +
  `or Go ${minimumGoVersion} or newer, or set TEMPORAL_CLI to the path of a temporal binary`;

/**
 * Finds the Temporal CLI, or gets it: `TEMPORAL_CLI`, `PATH`, the cache, the SDK's download, a build with Go.
 * Two processes may ask at once: one gets it, the other waits and uses the same file.
 * @throws GraveshiftError `InvalidInput` where `TEMPORAL_CLI` names nothing usable, `ToolMissing` where every way failed
 */
export async function findTemporalCli(
  options: TemporalCliSearch & {
    onProgress: (message: string) => void;
    downloadLimits?: DownloadLimits;
  },
): Promise<TemporalCli> {
  const { found, misses } = await search(options);
  if (found !== undefined) return found;
  return await withToolLock({
    folder: cliCacheFolder(options.cacheDirectory),
    ready: async () => (await inCache(options)).found,
    work: async () => await obtain(options, misses),
    onWait: () => options.onProgress('another process is getting the Temporal CLI; waiting for it'),
    signal: options.signal,
  });
}

/** Looks where `findTemporalCli` looks, and gets nothing. */
export async function describeTemporalCli(options: TemporalCliSearch): Promise<TemporalCliDescription> {
  const [result, go] = await Promise.all([search(options), findGo(options.env, options.signal)]);
  return { ...result, go };
}

type SearchResult = { found?: TemporalCli; misses: TemporalCliMiss[] };

async function search(options: TemporalCliSearch): Promise<SearchResult> {
  const named = options.env.TEMPORAL_CLI;
  if (named !== undefined && named !== '') return { found: await fromVariable(named, options), misses: [] };
  const inPath = await fromPath(options);
  if (inPath.found !== undefined) return inPath;
  const cached = await inCache(options);
  return { ...cached, misses: [...inPath.misses, ...cached.misses] };
}

/** A file that a person named is used or refused, never passed over in silence. */
async function fromVariable(file: string, options: TemporalCliSearch): Promise<TemporalCli> {
  const check = await checkTemporalCli(file, { ...options, allowUnstamped: true });
  if (check.usable) return { path: file, version: check.version, source: 'TEMPORAL_CLI' };
  throw new GraveshiftError(
    'InvalidInput',
    `TEMPORAL_CLI is ${JSON.stringify(file)}, but ${check.reason}. Set it to the path of a Temporal CLI ` +
      `${minimumCliVersion} or newer, or unset it to have one found or fetched.`,
    { details: { path: file, reason: check.reason } },
  );
}

async function fromPath(options: TemporalCliSearch): Promise<SearchResult> {
  const misses: TemporalCliMiss[] = [];
  for (const file of await findInPath('temporal', options.env)) {
    const check = await checkTemporalCli(file, { ...options, allowUnstamped: false });
    if (check.usable) return { found: { path: file, version: check.version, source: 'PATH' }, misses };
    misses.push({ place: file, reason: check.reason });
  }
  return misses.length > 0
    ? { misses }
    : { misses: [{ place: 'PATH', reason: 'there is no temporal in it' }] };
}

async function inCache(options: TemporalCliSearch): Promise<SearchResult> {
  const file = cachedCliPath(options.cacheDirectory);
  const check = await checkTemporalCli(file, { ...options, allowUnstamped: false });
  return check.usable
    ? { found: { path: file, version: check.version, source: 'cache' }, misses: [] }
    : { misses: [{ place: file, reason: check.reason }] };
}

/** Downloads, else builds. Runs in one process at a time. */
async function obtain(
  options: TemporalCliSearch & {
    onProgress: (message: string) => void;
    downloadLimits?: DownloadLimits;
  },
  earlier: readonly TemporalCliMiss[],
): Promise<TemporalCli> {
  const misses = [...earlier];
  const folder = await makeStaging(cliCacheFolder(options.cacheDirectory));
  const ways = [
    { source: 'download', get: async () => await download(options, folder) },
    { source: 'built', get: async () => await build(options, folder) },
  ] as const;
  try {
    for (const way of ways) {
      try {
        return await adopt(await way.get(), way.source, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        misses.push({ place: way.source === 'download' ? 'download' : 'build with Go', reason });
        options.onProgress(`${way.source === 'download' ? 'the download' : 'the build'} failed: ${reason}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const reasons = misses.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
  throw new GraveshiftError(
    'ToolMissing',
    `There is no Temporal CLI on this machine and none could be got (${reasons}): ${remedy}.`,
    { details: { misses } },
  );
}

async function download(options: Parameters<typeof obtain>[0], folder: string): Promise<string> {
  options.onProgress(`downloading the Temporal CLI ${pinnedCliVersion} (about 140 MB unpacked)`);
  return await downloadTemporalCli({
    folder,
    env: options.env,
    limits: options.downloadLimits ?? defaultDownloadLimits,
    onProgress: (message) => options.onProgress(`downloading the Temporal CLI: ${message}`),
    signal: options.signal,
  });
}

async function build(options: Parameters<typeof obtain>[0], folder: string): Promise<string> {
  const go = await findGo(options.env, options.signal);
  if (!go.usable) throw new Error(go.reason);
  options.onProgress(
    `building the Temporal CLI ${pinnedCliVersion} with Go ${go.version}: once, a few minutes`,
  );
  return await buildTemporalCli({
    go: go.path,
    folder,
    env: options.env,
    onProgress: (message) => options.onProgress(`building the Temporal CLI: ${message}`),
    signal: options.signal,
  });
}

async function adopt(
  file: string,
  source: 'download' | 'built',
  options: TemporalCliSearch,
): Promise<TemporalCli> {
  const check = await checkTemporalCli(file, { ...options, allowUnstamped: false });
  if (!check.usable) throw new Error(`what came of it is not usable: ${check.reason}`);
  return {
    path: await adoptBinary(file, cachedCliPath(options.cacheDirectory)),
    version: check.version,
    source,
  };
}
