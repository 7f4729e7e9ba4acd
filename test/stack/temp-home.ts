import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { resolveCache } from '../../src/stack/home.js';
import { findTemporalCli } from '../../src/stack/temporal-cli.js';

/** A folder for one test file, and what removes it. */
export async function makeTemporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'graveshift-stack-')));
  return { folder, remove: async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** The real Temporal CLI of this machine, found the way that users' machines find it. */
export async function realTemporalCli(): Promise<string> {
  const { path: file } = await findTemporalCli({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  return file;
}
