import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatLuau } from '../../src/adapters/luau/index.js';
import { compileLuau } from '../support/luau-tools.js';
import { createProjectFromExample } from '../../src/adapters/projects/create-project.js';
import { buildPlaceFile, findRojo, readPlace } from '../../src/adapters/rojo/index.js';
import { projectConfigSchema } from '../../src/domain/project.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'graveshift-create-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A Git that knows nobody, whoever runs the tests. */
function environment(home = directory): Record<string, string | undefined> {
  return { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: path.join(home, 'none') };
}

const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();

describe('createProjectFromExample', () => {
  it('makes a repository with one commit on main, which holds every file', async () => {
    const target = path.join(directory, 'games', 'village');
    const created = await createProjectFromExample({
      directory: target,
      name: 'my-village',
      environment: environment(),
    });
    expect(created).toEqual({
      directory: target,
      name: 'my-village',
      commit: git(target, 'rev-parse', 'main'),
    });
    expect(git(target, 'log', '--format=%an <%ae> %s')).toBe(
      'Graveshift <graveshift@localhost> chore: start my-village',
    );
    expect(git(target, 'status', '--porcelain', '--ignored')).toBe('');
    expect(git(target, 'ls-files').split('\n')).toEqual(
      expect.arrayContaining([
        '.gitignore',
        '.luaurc',
        'default.project.json',
        'graveshift.json',
        'stylua.toml',
      ]),
    );
    const config = JSON.parse(await readFile(path.join(target, 'graveshift.json'), 'utf8')) as {
      $schema: string;
    };
    expect(config).toMatchObject({ name: 'my-village', approvals: { before: 'both' } });
    const schema = JSON.parse(await readFile(path.join(target, config.$schema), 'utf8')) as object;
    expect(new Ajv({ strict: false }).validate(schema, config)).toBe(true);
    expect(Object.keys(projectConfigSchema.parse(config).environments)).toEqual(['staging', 'production']);
    expect(await readdir(path.dirname(target))).toEqual(['village']);
  });

  it('commits as the user whom Git knows, in an empty directory that is there', async () => {
    await writeFile(
      path.join(directory, '.gitconfig'),
      '[user]\n\tname = Mina\n\temail = mina@example.com\n[commit]\n\tgpgSign = true\n',
    );
    const target = path.join(directory, 'game');
    await mkdir(target);
    await createProjectFromExample({ directory: target, name: 'game', environment: environment() });
    expect(git(target, 'log', '--format=%an <%ae>')).toBe('Mina <mina@example.com>');
  });

  it('writes the environments it is given', async () => {
    const staging = {
      host: 'emulator' as const,
      universeId: '41',
      creator: { type: 'user' as const, id: '42' },
      places: { start: { placeId: '43' } },
    };
    const target = path.join(directory, 'game');
    await createProjectFromExample({
      directory: target,
      name: 'game',
      environments: { staging },
      configure: (config) => {
        config.season = { theme: 'lighthouse' };
      },
      environment: environment(),
    });
    const config = JSON.parse(await readFile(path.join(target, 'graveshift.json'), 'utf8')) as object;
    expect(config).toMatchObject({ environments: { staging }, season: { theme: 'lighthouse' } });
  });

  it('refuses a directory that holds something, and leaves it as it is', async () => {
    await writeFile(path.join(directory, 'notes.txt'), 'mine');
    await expect(createProjectFromExample({ directory, name: 'game' })).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('notes.txt') as string,
    });
    expect(await readdir(directory)).toEqual(['notes.txt']);
  });

  it.each([
    ['a bad name', { name: 'My Game' }],
    ['environments without staging', { name: 'game', environments: {} }],
    [
      'a setting that nothing reads',
      {
        name: 'game',
        configure: (config: Record<string, unknown>) => {
          config.colour = 'red';
        },
      },
    ],
  ])('refuses %s before it writes anything', async (_, options) => {
    const target = path.join(directory, 'game');
    await expect(
      createProjectFromExample({ directory: target, environment: environment(), ...options }),
    ).rejects.toMatchObject({ kind: 'InvalidInput' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves nothing behind when Git is missing or fails', async () => {
    const target = path.join(directory, 'game');
    await expect(
      createProjectFromExample({ directory: target, name: 'game', environment: { PATH: directory } }),
    ).rejects.toMatchObject({ kind: 'ToolMissing' });
    expect(await readdir(directory)).toEqual([]);

    const programs = path.join(directory, 'bin');
    await mkdir(programs);
    await writeFile(
      path.join(programs, 'git'),
      '#!/bin/sh\necho "fatal: no space left on device" >&2\nexit 128\n',
    );
    await chmod(path.join(programs, 'git'), 0o755);
    await expect(
      createProjectFromExample({ directory: target, name: 'game', environment: { PATH: programs } }),
    ).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringContaining('no space left') as string,
    });
    expect(await readdir(directory)).toEqual(['bin']);
  });
});

describe('the example', () => {
  const example = path.resolve('examples/haunted-village');

  it('is valid for editors, with the schema that it names', async () => {
    const config = JSON.parse(await readFile(path.join(example, 'graveshift.json'), 'utf8')) as {
      $schema: string;
    };
    const schema = JSON.parse(await readFile(path.join(example, config.$schema), 'utf8')) as object;
    expect(new Ajv({ strict: false }).validate(schema, config)).toBe(true);
  });

  it('has Luau that compiles, is strict, and is formatted', async () => {
    const paths = (await readdir(path.join(example, 'src'), { recursive: true })).filter((file) =>
      file.endsWith('.luau'),
    );
    expect(paths.length).toBeGreaterThanOrEqual(4);
    const sources = new Map(
      await Promise.all(
        paths.map(async (file) => [file, await readFile(path.join(example, 'src', file), 'utf8')] as const),
      ),
    );
    for (const [file, source] of sources) {
      expect(source.startsWith('--!strict\n'), file).toBe(true);
      expect(formatLuau(file, source), file).toBe(source);
    }
    expect(await compileLuau(sources)).toEqual([]);
  });

  it('builds into a place with its folders where the nights expect them', async () => {
    const rojo = await findRojo({ env: process.env });
    const bytes = await buildPlaceFile({ rojo, environment: process.env }, example, 'default.project.json');
    const instances = new Map(readPlace(bytes).map(({ path: at, className }) => [at, className]));
    expect(instances.get('ReplicatedStorage/Shared')).toBe('Folder');
    expect(instances.get('ServerScriptService/Server/Main')).toBe('Script');
    expect(instances.get('StarterPlayer/StarterPlayerScripts/Client/Welcome')).toBe('LocalScript');
    expect(instances.get('Workspace/Campfire/Spawn')).toBe('SpawnLocation');
  });
});
