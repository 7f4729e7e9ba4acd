import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connectClient } from '../../src/adapters/temporal/connection.js';
import { ensureSearchAttributes } from '../../src/adapters/temporal/search-attributes.js';
import { loadTemporalSettings } from '../../src/adapters/temporal/settings.js';
import { searchAttributeTypes } from '../../src/domain/search-attributes.js';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/stack/dev-server.js';
import { isTemporalServing } from '../../src/stack/grpc-health.js';
import { makeTemporaryFolder, realTemporalCli } from './temp-home.js';

let executable: string;
let folder: string;
let remove: () => Promise<void>;
const servers: DevServer[] = [];

beforeAll(async () => {
  executable = await realTemporalCli();
  ({ folder, remove } = await makeTemporaryFolder());
}, 600_000);

afterAll(async () => {
  await Promise.all(servers.map(async (server) => await server.stop()));
  await remove();
});

function optionsFor(name: string): DevServerOptions {
  return {
    executable,
    databaseFile: path.join(folder, `${name}.db`),
    logFile: path.join(folder, 'logs', `${name}.log`),
    ports: { temporal: 'auto' },
    headless: true,
    // A profile for another cluster must not change what the dev server does.
    env: { ...process.env, TEMPORAL_ADDRESS: 'elsewhere.invalid:7233', TEMPORAL_PROFILE: 'absent' },
  };
}

async function start(options: DevServerOptions): Promise<DevServer> {
  const server = await startDevServer(options);
  servers.push(server);
  return server;
}

const connectTo = async (server: { address: string }) =>
  await connectClient(
    loadTemporalSettings({
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_CONFIG_FILE: path.join(folder, 'none.toml'),
    }),
  );

async function occupy(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return { server, port: address.port };
}

describe('the dev server', () => {
  it('serves with the search attributes usable, and keeps workflows through kill -9', async () => {
    const options = optionsFor('kept');
    const first = await start(options);
    expect(await isTemporalServing(first.address, 1000)).toBe(true);
    const before = await connectTo(first);
    const { workflow } = before.client;
    await workflow.start('horrorNight', {
      taskQueue: 'nobody',
      workflowId: 'demo/night-1',
      args: [{ night: 1 }],
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey('GraveshiftProject', 'KEYWORD'), value: 'demo' },
        { key: defineSearchAttributeKey('GraveshiftNight', 'INT'), value: 1 },
      ]),
    });
    await before.close();

    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await isTemporalServing(first.address, 1000)).toBe(false);

    const second = await start(options);
    const after = await connectTo(second);
    const description = await after.client.workflow.getHandle('demo/night-1').describe();
    expect(description.status.name).toBe('RUNNING');
    expect(description.type).toBe('horrorNight');
    await expect
      .poll(
        async () =>
          (await after.client.workflow.count("GraveshiftProject = 'demo' AND GraveshiftNight = 1")).count,
      )
      .toBe(1);
    expect(await ensureSearchAttributes(after.connection, after.namespace)).toEqual([]);
    await after.close();

    await second.stop();
    expect((await second.exited).signal).not.toBe('SIGKILL');
    expect(await isTemporalServing(second.address, 1000)).toBe(false);
  });

  it('registers what a namespace lacks, once, and refuses a name of another type', async () => {
    const server = await start(optionsFor('attributes'));
    const { client, connection, close } = await connectTo(server);
    const { operatorService, workflowService } = connection;
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    for (const namespace of ['bare', 'taken']) {
      await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
      // A new namespace is known to the whole server only after its caches have been read anew.
      await expect
        .poll(
          async () =>
            await operatorService.listSearchAttributes({ namespace }).then(
              () => true,
              () => false,
            ),
          { timeout: 30_000 },
        )
        .toBe(true);
    }
    const added = await Promise.all([
      ensureSearchAttributes(connection, 'bare'),
      ensureSearchAttributes(connection, 'bare'),
    ]);
    expect(new Set(added.flat())).toEqual(new Set(Object.keys(searchAttributeTypes)));
    expect(await ensureSearchAttributes(connection, 'bare')).toEqual([]);
    expect(client.options.namespace).toBe('default');

    const cli = promisify(execFile);
    const address = ['--address', server.address, '--namespace', 'taken'];
    await cli(executable, [
      ...[
        'operator',
        'search-attribute',
        'create',
        '--name',
        'GraveshiftNight',
        '--type',
        'Text',
        ...address,
      ],
    ]);
    await expect(ensureSearchAttributes(connection, 'taken')).rejects.toThrow(
      /GraveshiftNight exists in the namespace taken with another type, expected Int: remove it/,
    );
    await close();
  });

  it('finds a busy port before it starts anything: its process and the flag that changes it', async () => {
    const { server, port } = await occupy();
    try {
      const failure = startDevServer({ ...optionsFor('busy'), ports: { temporal: port } });
      await expect(failure).rejects.toMatchObject({
        kind: 'InvalidInput',
        details: { port, flag: '--temporal-port' },
      });
      await expect(failure).rejects.toThrow(`Port ${port} (Temporal) is already in use by`);
      await expect(failure).rejects.toThrow('--temporal-port auto takes a free one');
      await expect(failure).rejects.toThrow(/process \d+|shows which/);
      const ui = startDevServer({
        ...optionsFor('busy'),
        headless: false,
        ports: { temporal: 'auto', ui: port },
      });
      await expect(ui).rejects.toThrow(`Port ${port} (Temporal Web UI) is already in use`);
    } finally {
      server.close();
    }
    await expect(readFile(optionsFor('busy').logFile)).rejects.toThrow('ENOENT');
  });

  it('serves the Web UI and metrics where it says', async () => {
    const server = await start({ ...optionsFor('ui'), headless: false });
    const page = await fetch(server.uiUrl!);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="svelte">');
    expect(await (await fetch(server.metricsUrl)).text()).toContain('service_requests');
    await server.stop();
  });

  it('dies with its last words in the error, such as a file that is no database', async () => {
    const options = optionsFor('broken');
    await writeFile(
      options.databaseFile,
      'this is not a database, but long enough to be read as one\n'.repeat(100),
    );
    const failure = startDevServer(options);
    await expect(failure).rejects.toMatchObject({ kind: 'ServiceUnavailable' });
    await expect(failure).rejects.toThrow(
      /ended at once \(exit code 1\).*broken\.log; it ends with:\n.*not a database/s,
    );
  });

  it.skipIf(process.platform === 'win32')(
    'gives up on a server that never serves, and leaves none behind',
    async () => {
      const silent = path.join(folder, 'silent');
      await writeFile(
        silent,
        `#!${process.execPath}\nconsole.log('pid', process.pid); setInterval(() => {}, 1000);\n`,
      );
      await chmod(silent, 0o755);
      const options = { ...optionsFor('silent'), executable: silent, startTimeoutMs: 1500 };
      await expect(startDevServer(options)).rejects.toThrow(
        /did not serve on 127\.0\.0\.1:\d+ within 1\.5 s/,
      );
      const pid = Number(/pid (\d+)/.exec(await readFile(options.logFile, 'utf8'))?.[1]);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    },
  );
});

describe('the connection', () => {
  it('says where it tried and what to do when nobody answers', async () => {
    const { server, port } = await occupy();
    server.close();
    const settings = loadTemporalSettings({
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_CONFIG_FILE: '/none',
    });
    const failure = connectClient(settings, { connectTimeoutMs: 500 });
    await expect(failure).rejects.toMatchObject({ kind: 'ServiceUnavailable' });
    await expect(failure).rejects.toThrow(`127.0.0.1:${port} cannot be reached: start the embedded one`);
  });

  it('reads profiles and variables as the Temporal CLI does, variables first', async () => {
    const file = path.join(folder, 'temporal.toml');
    await writeFile(
      file,
      '[profile.default]\naddress = "localhost:1"\n[profile.cloud]\naddress = "cloud.invalid:7233"\n' +
        'namespace = "studio.abcde"\napi_key = "secret-key"\n',
    );
    const env = { TEMPORAL_CONFIG_FILE: file };
    expect(loadTemporalSettings(env)).toMatchObject({ address: 'localhost:1', namespace: 'default' });
    const cloud = loadTemporalSettings({
      ...env,
      TEMPORAL_PROFILE: 'cloud',
      TEMPORAL_NAMESPACE: 'other.abcde',
    });
    expect(cloud).toMatchObject({
      address: 'cloud.invalid:7233',
      namespace: 'other.abcde',
      connection: { apiKey: 'secret-key', tls: true },
    });
    expect(
      loadTemporalSettings({ TEMPORAL_CONFIG_FILE: path.join(folder, 'absent.toml'), TEMPORAL_ADDRESS: '' }),
    ).toEqual(expect.objectContaining({ address: '127.0.0.1:7233', namespace: 'default' }));
    expect(() => loadTemporalSettings({ ...env, TEMPORAL_PROFILE: 'absent' })).toThrow(
      /Profile 'absent' not found/,
    );
  });

  it('does not show a key when the file that holds it is broken', async () => {
    const file = path.join(folder, 'broken.toml');
    await writeFile(file, '[profile.default]\napi_key = "secret-key\n');
    const load = () => loadTemporalSettings({ TEMPORAL_CONFIG_FILE: file });
    expect(load).toThrow(/connection settings cannot be used/);
    expect(load).not.toThrow(/secret-key/);
    await writeFile(file, '');
    expect(load()).toMatchObject({ address: '127.0.0.1:7233' });
    expect(() =>
      loadTemporalSettings({ TEMPORAL_CONFIG_FILE: 'none', TEMPORAL_TLS_CLIENT_CERT_DATA: 'x' }),
    ).toThrow(/the key is missing/);
  });
});
