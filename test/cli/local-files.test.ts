import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { ensureEmulatorKey } from '../../src/cli/emulator-key.js';
import { chooseTemporal, webUiAddress } from '../../src/cli/connect.js';
import { createDemoProject } from '../../src/cli/demo/demo-project.js';
import { findStudio } from '../../src/cli/studio.js';
import { createProjectRegistry } from '../../src/adapters/projects/registry.js';
import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import { projectConfigSchema } from '../../src/domain/project.js';
import { allScopes, createEmulator, emulatorAdmin, type Emulator } from '../../src/emulator/index.js';
import { processIdentity } from '../../src/stack/process-identity.js';
import { writeStackFile } from '../../src/stack/stack-file.js';
import { makeFolder, runCli } from './run-cli.js';

let folder: string;
let remove: () => Promise<void>;
let emulator: Emulator | undefined;

beforeEach(async () => {
  ({ folder, remove } = await makeFolder());
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
  await remove();
});

const call = (args: string[], env: Record<string, string> = {}) =>
  runCli(args, { env: { GRAVESHIFT_HOME: path.join(folder, 'home'), HOME: folder, ...env }, cwd: folder });

describe('project', () => {
  it('registers, lists and forgets games, as JSON too', async () => {
    await mkdir(path.join(folder, 'manor'));
    const address = 'https://example.com/studio/game.git';
    expect(await call(['project', 'add', 'game', address, '--json'])).toMatchObject({ code: 0 });
    expect((await call(['project', 'add', 'manor', path.join(folder, 'manor')])).stdout).toBe(
      `manor is ${path.join(folder, 'manor')}\n`,
    );
    expect(JSON.parse((await call(['project', 'list', '--json'])).stdout)).toEqual([
      { name: 'game', repository: address },
      { name: 'manor', repository: path.join(folder, 'manor') },
    ]);
    expect(await call(['project', 'remove', 'game'])).toMatchObject({
      code: 0,
      stdout: 'game is forgotten\n',
    });
    expect((await call(['project', 'list'])).stdout).toBe(`manor  ${path.join(folder, 'manor')}\n`);
  });

  it('says what is wrong with a name, and with one that is not there', async () => {
    expect(await call(['project', 'add', 'My Game', folder])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('lower-case') as string,
    });
    expect(await call(['project', 'remove', 'ghost'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"ghost"') as string,
    });
  });

  it('never repeats a credential', async () => {
    const { code, stdout, stderr } = await call([
      'project',
      'add',
      'game',
      'https://ana:hunter2@example.com/game.git',
    ]);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

describe('init', () => {
  it('makes a project from the example, in Git', async () => {
    const { code, stdout, stderr } = await call(['init', 'manor', '--json']);
    expect(code).toBe(0);
    const directory = path.join(folder, 'manor');
    expect(JSON.parse(stdout)).toEqual({ directory, name: 'manor', from: 'example', idsAreReal: false });
    expect(stderr).toContain(`project add manor ${directory}`);
    const config = JSON.parse(await readFile(path.join(directory, 'graveshift.json'), 'utf8')) as {
      name: string;
    };
    expect(config.name).toBe('manor');
    expect(await readdir(directory)).toContain('.git');
  });

  async function writeRojoProject(file: string): Promise<void> {
    const tree = {
      $className: 'DataModel',
      ReplicatedStorage: { Shared: { $path: 'src/shared' } },
      ServerScriptService: { Server: { $path: 'src/server' } },
    };
    await mkdir(path.join(folder, 'src', 'shared'), { recursive: true });
    await mkdir(path.join(folder, 'src', 'server'), { recursive: true });
    await writeFile(path.join(folder, file), JSON.stringify({ name: 'old', tree }));
  }

  it("gives a Rojo project places in the running stack's emulator, for its first night", async () => {
    await writeRojoProject('lobby.project.json');
    emulator = await createEmulator({ stateFile: path.join(folder, 'emulator.json'), port: 0 });
    const identity = await processIdentity(process.pid);
    // A stack runs where its owner lives and its servers answer: this process, the test run's Temporal, this emulator.
    await mkdir(path.join(folder, 'home', 'run'), { recursive: true });
    await writeStackFile(path.join(folder, 'home'), {
      startedAt: new Date().toISOString(),
      processes: [{ name: 'owner', pid: process.pid, ...(identity !== undefined && { identity }) }],
      addresses: {
        temporal: inject('temporalAddress'),
        namespace: 'default',
        metrics: 'http://127.0.0.1:1',
        emulator: emulator.url,
      },
    });
    const { code, stdout, stderr } = await call(['init', '--name', 'old-game', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ from: 'existing', idsAreReal: true });
    expect(stderr).not.toContain("example's");

    const { environments } = projectConfigSchema.parse(
      JSON.parse(await readFile(path.join(folder, 'graveshift.json'), 'utf8')),
    );
    expect(Object.keys(environments)).toEqual(['staging', 'production']);
    const key = await emulatorAdmin(emulator.url).createKey({ scopes: [...allScopes] });
    const client = createOpenCloudClient({ baseUrl: emulator.url, apiKey: () => key });
    for (const { host, universeId, places } of Object.values(environments)) {
      expect(host).toBe('emulator');
      expect(places.start?.project).toBe('lobby.project.json');
      await client.getPlace(universeId, places.start?.placeId ?? '');
    }
    await client.close();
  });

  it('adds graveshift.json to a Rojo project, and nothing else', async () => {
    await writeRojoProject('default.project.json');
    const before = await readdir(folder);
    expect(await call(['init', '--name', 'old-game'])).toMatchObject({ code: 0 });
    expect((await readdir(folder)).sort()).toEqual([...before, 'graveshift.json'].sort());
    expect(await call(['init'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already') as string,
    });
  });

  it('refuses a directory that holds something else', async () => {
    await writeFile(path.join(folder, 'thesis.txt'), '');
    const { code, stderr } = await call(['init', '.', '--name', 'game']);
    expect(code).toBe(1);
    expect(stderr).toContain('thesis.txt');
  });
});

describe('doctor', () => {
  it('names every tool, key and store, and shows no secret', async () => {
    const secret = 'emulator-very-secret-key';
    const { stdout, stderr } = await call(['doctor', '--json'], { GRAVESHIFT_EMULATOR_KEY: secret });
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; found: string }[] };
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'Git',
      'ssh-keygen',
      'Rojo',
      'Temporal CLI',
      'Go',
      'luau-kit',
      'home',
      'artifact store',
      'ledger',
      'stack',
      'projects',
      'key of the emulator',
    ]);
    expect(checks.at(-1)).toMatchObject({ state: 'ok', found: 'present (GRAVESHIFT_EMULATOR_KEY)' });
    expect(stdout + stderr).not.toContain(secret);
    expect(await readdir(folder)).not.toContain('home');
  });

  it('fails and says how to get it where Git is missing', async () => {
    const { code, stdout } = await call(['doctor'], { PATH: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ Git +not in PATH\n.*→ install Git: https:/);
  });

  it('looks into the projects of this machine, and for the keys that they need', async () => {
    await call(['init', 'manor']);
    await call(['project', 'add', 'manor', path.join(folder, 'manor')]);
    const file = path.join(folder, 'manor', 'graveshift.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"host": "emulator"', '"host": "roblox"'));
    const missing = await call(['doctor']);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch(/✖ key of Open Cloud for staging .*ROBLOX_API_KEY_STAGING/);
    await writeFile(file, '{');
    expect((await call(['doctor'])).stdout).toMatch(/✖ project manor .*JSON/);
  });
});

describe("the emulator's key", () => {
  it('is made once, for the owner only, and again when the emulator no longer knows it', async () => {
    emulator = await createEmulator({ stateFile: path.join(folder, 'emulator.json'), port: 0 });
    const file = path.join(folder, 'emulator.key');
    await ensureEmulatorKey({ url: emulator.url, file });
    const first = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    await ensureEmulatorKey({ url: emulator.url, file });
    expect(await readFile(file, 'utf8')).toBe(first);
    await writeFile(file, 'emulator-of-another-state');
    await ensureEmulatorKey({ url: emulator.url, file });
    expect(await readFile(file, 'utf8')).not.toContain('another-state');
    expect((await emulatorAdmin(emulator.url).state()).keys).toHaveLength(2);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('the demo project', () => {
  it('is fresh each time, with places of its own, and registered', async () => {
    emulator = await createEmulator({ stateFile: path.join(folder, 'emulator.json'), port: 0 });
    const registry = createProjectRegistry({ file: path.join(folder, 'projects.json') });
    const options = { folder: path.join(folder, 'demo'), emulatorUrl: emulator.url, registry };
    const first = await createDemoProject(options);
    const second = await createDemoProject(options);
    expect([first.name, second.name]).toEqual(['demo', 'demo-2']);
    expect(await registry.list()).toEqual([
      { name: 'demo', repository: first.directory },
      { name: 'demo-2', repository: second.directory },
    ]);
    const { universes } = await emulatorAdmin(emulator.url).state();
    expect(universes.map(({ name }) => name)).toEqual([
      'demo (staging)',
      'demo (production)',
      'demo-2 (staging)',
      'demo-2 (production)',
    ]);
    const config = JSON.parse(await readFile(path.join(second.directory, 'graveshift.json'), 'utf8')) as {
      approvals: unknown;
      environments: { staging: { universeId: string; places: { start: { placeId: string } } } };
    };
    expect(config.approvals).toEqual({ before: 'both', signatures: 'never' });
    expect(second.places).toEqual({
      staging: universes[2]?.places[0]?.placeId,
      production: universes[3]?.places[0]?.placeId,
    });
    expect(config.environments.staging.universeId).toBe(universes[2]?.universeId);
    expect(config.environments.staging.places.start.placeId).toBe(universes[2]?.places[0]?.placeId);
  });
});

describe('which Temporal is meant', () => {
  const flags = () => ({ home: path.join(folder, 'home') });
  const quiet = () => ({ TEMPORAL_CONFIG_FILE: path.join(folder, 'none.toml') });

  it('is the flag, then the environment', async () => {
    await writeFile(path.join(folder, 'none.toml'), '[profile.default]\naddress = "profile:7233"\n');
    const env = { ...quiet(), TEMPORAL_ADDRESS: 'environment:7233', TEMPORAL_NAMESPACE: 'games' };
    expect((await chooseTemporal({ ...flags(), address: 'flag:7233' }, env)).settings).toMatchObject({
      address: 'flag:7233',
      namespace: 'games',
    });
    expect((await chooseTemporal({ ...flags(), namespace: 'mine' }, env)).settings).toMatchObject({
      address: 'environment:7233',
      namespace: 'mine',
    });
    expect((await chooseTemporal(flags(), quiet())).settings.address).toBe('profile:7233');
  });

  it("shows a run's address in the Web UI, whatever its id holds", () => {
    expect(
      webUiAddress('http://127.0.0.1:8233', 'default', { workflowId: 'demo/night-1?', runId: 'r' }),
    ).toBe('http://127.0.0.1:8233/namespaces/default/workflows/demo%2Fnight-1%3F/r/history');
  });
});

describe('Studio', () => {
  it('is found where its installers put it, the newest first, and is never looked for on Linux', async () => {
    const versions = path.join(folder, 'Roblox', 'Versions', 'version-1');
    await mkdir(versions, { recursive: true });
    await writeFile(path.join(versions, 'RobloxStudioBeta.exe'), '');
    expect(await findStudio({ LOCALAPPDATA: folder }, 'win32')).toEqual({
      program: path.join(versions, 'RobloxStudioBeta.exe'),
      args: [],
    });
    await mkdir(path.join(folder, 'Applications', 'RobloxStudio.app'), { recursive: true });
    expect((await findStudio({ HOME: folder }, 'darwin'))?.args[0]).toBe('-a');
    expect(await findStudio({ HOME: folder, LOCALAPPDATA: folder }, 'linux')).toBeUndefined();
  });
});
