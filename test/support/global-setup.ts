import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TestProject } from 'vitest/node';

import { findTemporalCli, resolveCache, startDevServer } from '../../src/stack/index.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one Temporal server of the test run. */
    temporalAddress: string;
    /** The Temporal CLI that the run found or made. */
    temporalCli: string;
    /** Where the test run keeps meshes that are ready (ready-meshes.ts). */
    meshes: string;
  }
}

/** Starts the test run's Temporal server. Tests that kill a server start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cli = await findTemporalCli({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  const directory = await mkdtemp(path.join(tmpdir(), 'graveshift-temporal-'));
  const server = await startDevServer({
    executable: cli.path,
    databaseFile: path.join(directory, 'temporal.db'),
    logFile: path.join(directory, 'temporal.log'),
    ports: { temporal: 'auto' },
    headless: true,
    env: process.env,
  });
  project.provide('temporalAddress', server.address);
  project.provide('temporalCli', cli.path);
  project.provide('meshes', path.join(directory, 'meshes'));
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
}
