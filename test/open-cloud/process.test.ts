import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import { allScopes, emulatorAdmin } from '../../src/emulator/index.js';
import { glbBytes, placeBytes } from './harness.js';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let main: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  // Below node_modules, so that the compiled program finds its packages.
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'graveshift-emulator-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const config = join(folder, 'tsconfig.json');
  await writeFile(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      compilerOptions: {
        rootDir: join(root, 'src'),
        outDir: 'dist',
        incremental: false,
        sourceMap: false,
        tsBuildInfoFile: null,
      },
      include: [],
      files: [join(root, 'src/emulator/main.ts')],
    }),
  );
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
  main = join(folder, 'dist/emulator/main.js');
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(state: string, ...more: string[]) {
  const child = spawn(process.execPath, [main, '--state', state, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { ready: true; url: string };
  return { child, url, admin: emulatorAdmin(url) };
}

it('keeps what it acknowledged through kill -9, five times over', { timeout: 120_000 }, async () => {
  const state = join(folder, 'killed.json');
  let running = await start(state, '--operation-delay-ms', '0');
  const { universeId, places } = await running.admin.createUniverse({ name: 'killed', places: ['start'] });
  const key = await running.admin.createKey({ scopes: allScopes });
  const placeId = places.start!;
  const acknowledged: { version: number; text: string }[] = [];
  const operations: string[] = [];

  for (let round = 0; round < 5; round += 1) {
    const client = createOpenCloudClient({ baseUrl: running.url, apiKey: () => key });
    const creator = { type: 'user' as const, id: '1' };
    const glb = glbBytes(String(round));
    operations.push(
      (await client.createAsset({ displayName: `mesh ${String(round)}`, description: '', creator, glb }))
        .path,
    );
    const text = `round ${String(round)}`;
    const { versionNumber } = await client.publishPlace(universeId, placeId, placeBytes(text), 'Published');
    acknowledged.push({ version: versionNumber, text });
    // One more is in flight when the process dies: it may be there or not, and nothing else may be hurt.
    const inFlight = client
      .publishPlace(universeId, placeId, placeBytes(`lost ${String(round)}`), 'Saved')
      .then(
        (answer) => acknowledged.push({ version: answer.versionNumber, text: `lost ${String(round)}` }),
        () => undefined,
      );
    running.child.kill('SIGKILL');
    await once(running.child, 'exit');
    await inFlight;
    await client.close();
    running = await start(state, '--operation-delay-ms', '0');
  }

  const client = createOpenCloudClient({ baseUrl: running.url, apiKey: () => key });
  const { versions } = await client.listPlaceVersions(placeId, { limit: 50 });
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => versions.length - index));
  for (const { version, text } of acknowledged) {
    expect(Buffer.from(await client.downloadPlaceVersion(placeId, version))).toEqual(placeBytes(text));
  }
  for (const path of operations) expect(await client.getOperation(path)).toMatchObject({ done: true });
  await client.close();
});

it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
  'ends cleanly on %s',
  async (signal) => {
    const { child, admin } = await start(join(folder, `${signal}.json`));
    await admin.createUniverse({ name: 'x', places: ['start'] });
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

it('says in one line why it cannot start', async () => {
  const { url } = await start(join(folder, 'first.json'));
  const damaged = join(folder, 'damaged.json');
  await writeFile(damaged, '{"version":');
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [main, ...args]);
  await expect(
    run('--state', join(folder, 'second.json'), '--port', new URL(url).port),
  ).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Another program has this port') as string,
  });
  await expect(run('--state', damaged)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be read') as string,
  });
  expect(await readFile(damaged, 'utf8')).toBe('{"version":');
  await expect(run('--state', damaged, '--port', 'seven')).rejects.toMatchObject({
    stderr: expect.stringContaining('expected a whole number, got "seven"') as string,
  });
});

it('keeps no key in its state', async () => {
  const state = join(folder, 'keys.json');
  const { admin } = await start(state);
  const key = await admin.createKey({ scopes: allScopes });
  expect(await readFile(state, 'utf8')).not.toContain(key);
});
