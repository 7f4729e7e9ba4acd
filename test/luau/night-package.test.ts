import { describe, expect, it } from 'vitest';

import { formatLuau } from '../../src/adapters/luau/format.js';
import { generateNight } from '../../src/adapters/luau/generate-night.js';
import { readLuauPackage } from '../../src/adapters/luau/luau-package.js';
import { nightScripts } from '../../src/adapters/luau/night-package.js';
import { requiredModules, requiresOf } from '../../src/adapters/luau/required-modules.js';
import { assetsOf, handMadeNight } from './fixtures.js';

const luau = await readLuauPackage();
const mounts = {
  shared: { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] },
  serverFolder: 'src/server',
  client: { folder: 'src/client', instance: ['StarterPlayer', 'StarterPlayerScripts', 'Client'] },
};

describe('what a module requires', () => {
  it('is found by its place: beside, above, below, and from the folders that templates name', () => {
    const source = `
      local A = require(script.Parent.Grid)
      local B = require(script.Parent.Parent.Types)
      local C = require(Graveshift.Net.Remotes)
      local D = require(Client.Hud)`;
    expect(requiresOf('runtime/Minds/Hunter.luau', source)).toEqual([
      'runtime/Minds/Grid',
      'runtime/Types',
      'runtime/Net/Remotes',
      'client/Hud',
    ]);
    expect(requiresOf('client/init.client.luau', 'require(script.Hud)')).toEqual(['client/Hud']);
    expect(requiresOf('testing/init.luau', 'require(script.Parent.runtime.A)')).toEqual(['runtime/A']);
  });

  it('is followed to its end, through circles, and nothing else comes along', () => {
    const modules = new Map([
      ['runtime/A.luau', 'require(script.Parent.B) require(script.Parent.Nights)'],
      ['runtime/B.luau', 'require(script.Parent.A) require(script.Parent.Deep.C)'],
      ['runtime/Deep/C.luau', ''],
      ['runtime/Unused.luau', ''],
    ]);
    const needed = requiredModules(['runtime/A.luau'], modules, new Set(['runtime/Nights']));
    expect([...needed].sort()).toEqual(['runtime/A.luau', 'runtime/B.luau', 'runtime/Deep/C.luau']);
  });

  it('must be in the package', () => {
    const modules = new Map([['runtime/A.luau', 'require(script.Parent.Gone)']]);
    expect(() => requiredModules(['runtime/A.luau'], modules, new Set())).toThrow(
      'runtime/A.luau requires runtime/Gone',
    );
  });
});

describe('the scripts of a night', () => {
  const files = nightScripts(mounts, luau);

  it('are one for the server, one for each player, and the modules that these need', () => {
    const scripts = [...files.keys()].filter((path) => /\.(server|client)\.luau$/.test(path));
    expect(scripts.sort()).toEqual([
      'src/client/Graveshift/init.client.luau',
      'src/server/Graveshift.server.luau',
    ]);
    expect(files.has('src/shared/Graveshift/NightRules.luau')).toBe(true);
    expect(files.has('src/client/Graveshift/Hud.luau')).toBe(true);
  });

  it('leave out what no script requires, with its test', () => {
    const more = {
      ...luau,
      runtime: new Map([...luau.runtime, ['Trap.luau', '--!strict\nreturn {}\n']]),
      specs: new Map([
        ...luau.specs,
        [
          'Trap.spec.luau',
          '--!strict\nlocal Graveshift = script.Parent\nlocal Testing = require(script.Parent.Parent.testing)\nlocal Trap = require(Graveshift.Trap)\n',
        ],
      ]),
    };
    expect([...nightScripts(mounts, more)]).toEqual([...files]);
  });

  it('need every module of the runtime that has a test, so that no test is lost unseen', () => {
    const emitted = [...files.keys()].filter((path) => path.startsWith('tests/graveshift/'));
    expect(emitted.length).toBe(luau.specs.size + luau.clientSpecs.size);
  });

  it('find their modules where Rojo puts them', () => {
    expect(files.get('src/client/Graveshift/init.client.luau')).toContain(
      'local Graveshift = ReplicatedStorage.Shared.Graveshift',
    );
    const test = files.get('tests/graveshift/CameraMood.spec.luau') ?? '';
    expect(test).toContain('local Client = StarterPlayer.StarterPlayerScripts.Client.Graveshift');
    expect(test).toContain('local Graveshift = ReplicatedStorage.Shared.Graveshift');
    expect(test).toContain('local Testing = require(script.Parent.Testing)');
    for (const [path, source] of files) {
      const services = [...source.matchAll(/^local (\w+) = game:GetService/gm)].map(([, name]) => name);
      expect(new Set(services).size, path).toBe(services.length);
    }
  });

  it('are the server’s alone where the project has no place for players’ scripts', () => {
    const { client: _, ...without } = mounts;
    const paths = [...nightScripts(without, luau).keys()];
    expect(paths.filter((path) => path.includes('client'))).toEqual([]);
    expect(paths).not.toContain('tests/graveshift/CameraMood.spec.luau');
    expect(paths).toContain('src/server/Graveshift.server.luau');
  });

  it('are the same bytes for the same night, formatted', () => {
    const design = handMadeNight();
    const input = {
      ...mounts,
      design,
      assets: assetsOf(design),
      target: { host: 'roblox', creator: { type: 'user', id: '5' } },
      existingNights: [],
      existingLock: undefined,
    } as const;
    const once = generateNight(input, luau);
    expect([...generateNight(input, luau)]).toEqual([...once]);
    expect(once.get('src/client/Graveshift/init.client.luau')).toContain('@generated by Graveshift');
    for (const [path, source] of once) {
      if (path.endsWith('.luau')) expect(formatLuau(path, source), path).toBe(source);
    }
  });
});
