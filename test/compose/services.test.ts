import { mkdir, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { NativeConnection, Worker } from '@temporalio/worker';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type DevServer, startDevServer } from '../../src/stack/dev-server.js';
import { makeTemporaryFolder, realTemporalCli } from '../stack/temp-home.js';

const scripts = fileURLToPath(new URL('../../ops/compose/', import.meta.url));
const namespace = 'graveshift';

// The scripts of the Compose file, next to a real server: their containers cannot run where there is no engine.
describe.skipIf(process.platform === 'win32')('what the containers run', () => {
  let cli: string;
  let server: DevServer;
  let folder: string;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    cli = await realTemporalCli();
    ({ folder, remove } = await makeTemporaryFolder());
    // By the name that it has in the image, wherever the machine keeps it.
    await mkdir(path.join(folder, 'bin'));
    await symlink(cli, path.join(folder, 'bin', 'temporal'));
    server = await startDevServer({
      executable: cli,
      databaseFile: path.join(folder, 'temporal.db'),
      logFile: path.join(folder, 'temporal.log'),
      ports: { temporal: 'auto' },
      headless: true,
      env: process.env,
    });
  }, 600_000);
  afterAll(async () => {
    await server.stop();
    await remove();
  });

  const environment = (extra: Record<string, string> = {}) => ({
    PATH: [path.join(folder, 'bin'), process.env.PATH].join(path.delimiter),
    HOME: folder,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: namespace,
    ...extra,
  });
  const run = (file: string, args: string[], extra?: Record<string, string>) =>
    execa(file, args, { env: environment(extra), extendEnv: false, reject: false });
  const setUpNamespace = (extra?: Record<string, string>) =>
    run('sh', [path.join(scripts, 'namespace.sh')], extra);
  const health = (extra?: Record<string, string>) =>
    run(process.execPath, [path.join(scripts, 'worker-health.mjs')], extra);

  it('makes the namespace and its search attributes, and changes nothing the second time', async () => {
    const first = await setUpNamespace();
    expect(first.stdout).toContain(`Namespace ${namespace} is ready`);
    const second = await setUpNamespace();
    expect(second.stdout).toBe(`Namespace ${namespace} is ready`);
    const { stdout } = await run('temporal', ['operator', 'search-attribute', 'list']);
    expect(stdout).toMatch(/GraveshiftNight\s+Int/);
    expect(stdout).toMatch(/GraveshiftProject\s+Keyword/);
  });

  it('fails when there is no server, and says after how many attempts', async () => {
    const { exitCode, stderr } = await setUpNamespace({
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      GRAVESHIFT_ATTEMPTS: '1',
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Given up after 1 attempts');
  });

  it('calls a worker healthy while it polls, and only this one', async () => {
    const absent = await health();
    expect([absent.exitCode, absent.stderr]).toEqual([
      1,
      `no worker of ${hostname()} polls "graveshift" in ${namespace}`,
    ]);

    const connection = await NativeConnection.connect({ address: server.address });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: 'graveshift',
      workflowsPath: fileURLToPath(new URL('fixtures/idle-workflow.ts', import.meta.url)),
    });
    try {
      await worker.runUntil(async () => {
        await expect.poll(async () => (await health()).exitCode, { timeout: 20_000, interval: 200 }).toBe(0);
        expect((await health({ GRAVESHIFT_HEALTH_HOST: 'another-container' })).exitCode).toBe(1);
      });
    } finally {
      await connection.close();
    }
  });

  it('calls a worker ill when the server cannot be reached', async () => {
    const { exitCode, stderr } = await health({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(exitCode).toBe(1);
    expect(stderr).not.toBe('');
  });
});
