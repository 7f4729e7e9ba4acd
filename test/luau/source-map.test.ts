import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { buildSourceMap, scriptsOf } from '../../src/adapters/luau/index.js';
import { findRojo } from '../../src/adapters/rojo/index.js';
import type { SourceMapNode } from '../../src/domain/luau-tools.js';

const project = {
  name: 'game',
  tree: {
    $className: 'DataModel',
    ReplicatedStorage: { Shared: { $path: 'src/shared' }, Packages: { $path: 'packages' } },
    ServerScriptService: { $path: 'src/server' },
    StarterPlayer: { StarterPlayerScripts: { Client: { $path: 'src/client' } } },
    Workspace: { Rules: { $path: 'rules.json' }, Props: { $className: 'Model' } },
  },
};
const files: Record<string, string> = {
  'default.project.json': JSON.stringify(project),
  'src/shared/Grid.luau': 'return 1',
  'src/shared/Grid.spec.luau': 'return 1',
  'src/shared/Deep/Er/Thing.lua': 'return 1',
  'src/shared/Package/init.luau': 'return 1',
  'src/shared/Package/Inner.luau': 'return 1',
  'src/shared/words.json': '{}',
  'src/shared/notes.txt': 'hello',
  'src/shared/strings.csv': 'Key,Source\n',
  'src/shared/README.md': '# no instance',
  'src/server/Main.server.luau': '',
  'src/client/init.client.luau': '',
  'src/client/Camera.luau': 'return 1',
  'packages/Lib.luau': 'return 1',
  'rules.json': '{}',
  'tests/graveshift/Grid.spec.luau': 'return 1',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graveshift-map-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Without what says nothing of the tree: the order, and the project file that Rojo names beside the instances it made. */
function plain({ name, className, filePaths = [], children = [] }: SourceMapNode): unknown {
  return {
    name,
    className,
    files: filePaths.filter((path) => !path.endsWith('.project.json')),
    children: [...children].sort((a, b) => (a.name < b.name ? -1 : 1)).map(plain),
  };
}

it('is what Rojo makes of the same files', async () => {
  const rojo = await findRojo({ env: process.env });
  const { stdout } = await execa(
    rojo.program,
    [...rojo.leadingArguments, 'sourcemap', '--include-non-scripts'],
    {
      cwd: folder,
    },
  );
  const text = files['default.project.json'] ?? '';
  const built = buildSourceMap({ path: 'default.project.json', text }, Object.keys(files));
  expect(plain(built)).toEqual(plain(JSON.parse(stdout) as SourceMapNode));
});

it('has the tests where they look for themselves, and every script with its place', () => {
  const text = files['default.project.json'] ?? '';
  const tests = [{ folder: 'tests/graveshift', instance: ['ServerStorage', 'GraveshiftTests'] }];
  const map = buildSourceMap({ path: 'default.project.json', text }, Object.keys(files), tests);
  const scripts = scriptsOf(map, new Map(Object.entries(files)));
  const placed = Object.fromEntries(
    scripts.map(({ path, instance, className }) => [path, `${className} ${instance.join('.')}`]),
  );
  expect(placed).toMatchObject({
    'src/shared/Package/init.luau': 'ModuleScript ReplicatedStorage.Shared.Package',
    'src/shared/Grid.spec.luau': 'ModuleScript ReplicatedStorage.Shared.Grid.spec',
    'src/server/Main.server.luau': 'Script ServerScriptService.Main',
    'src/client/init.client.luau': 'LocalScript StarterPlayer.StarterPlayerScripts.Client',
    'tests/graveshift/Grid.spec.luau': 'ModuleScript ServerStorage.GraveshiftTests.Grid.spec',
  });
});
