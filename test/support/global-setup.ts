import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TestProject } from 'vitest/node';

import { findCompilers, findLuauKit, installLuauKit } from '../../src/adapters/luau-tools/index.js';
import { findTemporalCli, resolveCache, startDevServer } from '../../src/stack/index.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one Temporal server of the test run. */
    temporalAddress: string;
    /** The Temporal CLI that the run found or made. */
    temporalCli: string;
    /** luau-kit; undefined where it is not here and cannot be built. */
    luauKit: string | undefined;
    /** Where the test run keeps meshes that are ready (ready-meshes.ts). */
    meshes: string;
  }
}

/** Starts the test run's Temporal server. Tests that kill a server start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tools = {
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    onProgress: (message: string) => process.stderr.write(`${message}\n`),
  };
  const [cli, luauKit] = await Promise.all([findTemporalCli(tools), findOrBuildLuauKit(tools)]);
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
  project.provide('luauKit', luauKit);
  project.provide('meshes', path.join(directory, 'meshes'));
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** Tests that need it are skipped where there is no cargo; where there is one, a build that fails is a failure. */
async function findOrBuildLuauKit(
  options: Parameters<typeof installLuauKit>[0],
): Promise<string | undefined> {
  const { found } = await findLuauKit(options);
  if (found !== undefined) return found.path;
  if (!(await findCompilers(options.env)).usable) return undefined;
  return (await installLuauKit(options)).path;
}
