import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { adoptRojoProject } from '../../src/adapters/projects/adopt-project.js';
import { projectConfigSchema } from '../../src/domain/project.js';

let directory: string;

beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'graveshift-adopt-')), 'My Spooky_Game');
  await mkdir(directory);
});
afterEach(() => rm(path.dirname(directory), { recursive: true, force: true }));

const tree = {
  $className: 'DataModel',
  ReplicatedStorage: { Packages: { $path: 'Packages' }, Common: { $path: 'game/common' } },
  ServerScriptService: { Boot: { $path: 'game/Boot.server.luau' }, Server: { $path: 'game/server' } },
};

async function writeProject(
  file = 'default.project.json',
  value: unknown = { name: 'x', tree },
): Promise<void> {
  for (const folder of ['Packages', 'game/common', 'game/server']) {
    await mkdir(path.join(directory, folder), { recursive: true });
  }
  await writeFile(path.join(directory, 'game/Boot.server.luau'), 'print("boot")\n');
  const text = `// a comment, which Rojo allows\n${JSON.stringify(value)}`;
  await writeFile(path.join(directory, file), text);
}

/** Every file with its text. */
async function contents(): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [path.relative(directory, file), await readFile(file, 'utf8')]),
    ),
  ) as Record<string, string>;
}

describe('adoptRojoProject', () => {
  it('adds graveshift.json, with what it finds, and touches nothing else', async () => {
    await writeProject();
    const before = await contents();
    const adopted = await adoptRojoProject({ directory });
    expect(adopted).toEqual({
      directory,
      name: 'my-spooky-game',
      configFile: path.join(directory, 'graveshift.json'),
      rojoProject: 'default.project.json',
      code: { shared: 'game/common', server: 'game/server' },
      mainBranch: 'main',
    });
    const { 'graveshift.json': written, ...others } = await contents();
    expect(others).toEqual(before);
    const config = projectConfigSchema.parse(JSON.parse(written ?? ''));
    expect(config.code).toMatchObject(adopted.code);
    expect(config.environments.staging?.host).toBe('emulator');
  });

  it('takes default.project.json among several, or else the only one', async () => {
    await writeProject('lobby.project.json');
    expect(await adoptRojoProject({ directory, name: 'lobby' })).toMatchObject({
      name: 'lobby',
      rojoProject: 'lobby.project.json',
    });
    const config = projectConfigSchema.parse(
      JSON.parse(await readFile(path.join(directory, 'graveshift.json'), 'utf8')),
    );
    expect(config.environments.staging?.places.start?.project).toBe('lobby.project.json');

    await rm(path.join(directory, 'graveshift.json'));
    await writeProject();
    expect(await adoptRojoProject({ directory })).toMatchObject({ rojoProject: 'default.project.json' });
  });

  it('asks for environments only when nothing else is wrong, and writes those', async () => {
    const asked: unknown[] = [];
    const makeEnvironments = (project: { name: string; rojoProject: string }) => {
      asked.push(project);
      return Promise.resolve({
        staging: {
          host: 'emulator' as const,
          universeId: '11',
          creator: { type: 'user' as const, id: '5' },
          places: { start: { placeId: '12', project: project.rojoProject } },
        },
      });
    };
    await expect(adoptRojoProject({ directory, makeEnvironments })).rejects.toThrow(/no Rojo project file/);
    await writeProject('lobby.project.json');
    await adoptRojoProject({ directory, makeEnvironments });
    expect(asked).toEqual([{ name: 'my-spooky-game', rojoProject: 'lobby.project.json' }]);
    const { environments } = projectConfigSchema.parse(
      JSON.parse(await readFile(path.join(directory, 'graveshift.json'), 'utf8')),
    );
    expect(Object.keys(environments)).toEqual(['staging']);
    expect(environments.staging).toMatchObject({
      universeId: '11',
      places: { start: { placeId: '12', project: 'lobby.project.json' } },
    });
  });

  it('finds the main branch under another name', async () => {
    await writeProject();
    execFileSync('git', ['init', '--quiet', '--initial-branch=trunk'], { cwd: directory });
    expect(await adoptRojoProject({ directory })).toMatchObject({ mainBranch: 'trunk' });
    expect(await readFile(path.join(directory, 'graveshift.json'), 'utf8')).toContain('"main": "trunk"');
  });

  it.each([
    ['no Rojo project', () => Promise.resolve(), /has no Rojo project file/],
    [
      'several without a default',
      async () => {
        await writeProject('lobby.project.json');
        await writeProject('match.project.json');
      },
      /lobby\.project\.json, match\.project\.json/,
    ],
    [
      'nothing mapped for servers',
      () =>
        writeProject('default.project.json', {
          name: 'x',
          tree: { $className: 'DataModel', ReplicatedStorage: { $path: 'game/common' } },
        }),
      /no folder that is mapped into ServerScriptService/,
    ],
    [
      'a broken project file',
      async () => {
        await writeFile(path.join(directory, 'default.project.json'), '{"name":');
      },
      /default\.project\.json/,
    ],
  ])('says what is wrong with %s, and writes nothing', async (_, prepare, message) => {
    await prepare();
    const before = await contents();
    await expect(adoptRojoProject({ directory })).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringMatching(message) as string,
    });
    expect(await contents()).toEqual(before);
  });

  it('never replaces a graveshift.json, also when two adopt at once', async () => {
    await writeProject();
    const outcomes = await Promise.allSettled([
      adoptRojoProject({ directory, name: 'one' }),
      adoptRojoProject({ directory, name: 'two' }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const written = await readFile(path.join(directory, 'graveshift.json'), 'utf8');
    await expect(adoptRojoProject({ directory })).rejects.toThrow(/is there already/);
    expect(await readFile(path.join(directory, 'graveshift.json'), 'utf8')).toBe(written);
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
