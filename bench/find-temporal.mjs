import { findTemporalCli, resolveCache } from '../dist/stack/index.js';

/** Path of the Temporal CLI; gets it where there is none yet. */
export async function findTemporal({ log, signal }) {
  const cli = await findTemporalCli({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    onProgress: log,
    signal,
  });
  return cli.path;
}
