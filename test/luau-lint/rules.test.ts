import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { readLuauFiles } from '../../src/adapters/luau/package-files.js';
import {
  findRequireCycles,
  lintRules,
  lintScript,
  openScript,
  requirementsOf,
  syntaxHint,
} from '../../src/adapters/luau-lint/index.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import type { LuauClass } from '../../src/domain/luau-tools.js';

const parser = await createLuauParser();
const page = await readFile('docs/luau-rules.md', 'utf8');

type Example = { path: string; source: string; marked: number[] };

function examplesOf(rule: string): Example[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`\`${rule}\``)) ?? '';
  return [...section.matchAll(/^```lua\n([\s\S]*?)^```/gm)].map(([, source = '']) => {
    const path = /^-- (\S+\.luau)\n/.exec(source)?.[1] ?? 'src/shared/Module.luau';
    const marked = source
      .split('\n')
      .flatMap((line, index) => (line.endsWith('-- finding') ? index + 1 : []));
    return { path, source, marked };
  });
}

function open(path: string, source: string) {
  const [, folder = '', file = ''] = /^src\/(\w+)\/(.*)$/.exec(path) ?? [];
  const className: LuauClass = file.includes('.server.')
    ? 'Script'
    : file.includes('.client.')
      ? 'LocalScript'
      : 'ModuleScript';
  const service = { server: 'ServerScriptService', client: 'StarterPlayer' }[folder] ?? 'ReplicatedStorage';
  const instance = [service, file.replace(/(\.server|\.client)?\.luau$/, '')];
  return openScript(parser, { path, source, className, instance });
}

const found = (path: string, source: string) =>
  lintScript(open(path, source)).map(({ rule, line }) => ({ rule, line }));

describe.each(lintRules.map(({ id }) => id))('%s', (rule) => {
  const [bad, good] = examplesOf(rule);
  it('finds what the page says, at its lines, and nothing in the better way', () => {
    if (bad === undefined || good === undefined)
      throw new Error(`docs/luau-rules.md has no examples of ${rule}`);
    expect(bad.marked).not.toEqual([]);
    const hits = lintScript(open(bad.path, bad.source));
    expect(hits.map(({ line }) => line)).toEqual(bad.marked);
    expect(new Set(hits.map((hit) => hit.rule))).toEqual(new Set([rule]));
    expect(hits.every(({ fix, message }) => fix !== undefined && message !== '')).toBe(true);
    expect(found(good.path, good.source)).toEqual([]);
  });
});

describe('the rules', () => {
  it('say nothing of what the package emits', async () => {
    for (const folder of ['runtime', 'templates', 'testing']) {
      for (const [path, source] of await readLuauFiles(folder)) {
        const errors = found(`src/shared/${path}`, source);
        expect(errors, `${folder}/${path}`).toEqual([]);
      }
    }
  });

  it('leave what a local of the same name is', () => {
    expect(
      found(
        'src/shared/A.luau',
        'local function wait() end\nwait()\nlocal Instance = { new = print }\nInstance.new(1, 2)',
      ),
    ).toEqual([]);
  });

  it('are allowed by a comment with a reason, and by no other', () => {
    const allowed = (comment: string) => found('src/shared/A.luau', `-- ${comment}\nscore = 1`);
    expect(allowed('graveshift: allow global-write (the test harness reads it)')).toEqual([]);
    expect(allowed('graveshift: allow global-write')).toHaveLength(1);
    expect(allowed('graveshift: allow busy-loop (another rule)')).toHaveLength(1);
  });

  it('tell the side by the place', () => {
    const remote = 'local event = script.Parent.Event\nevent.OnClientEvent:Connect(print)';
    expect(found('src/client/A.client.luau', remote)).toEqual([]);
    expect(found('src/shared/A.luau', remote)).toEqual([]);
    expect(found('src/server/A.luau', remote)).toEqual([{ rule: 'wrong-side', line: 2 }]);
    expect(found('src/client/A.luau', 'return game:GetService("DataStoreService")')).toEqual([
      { rule: 'wrong-side', line: 1 },
    ]);
  });

  it('still look at the rest of a file that does not parse', () => {
    expect(found('src/shared/A.luau', 'spawn(print)\nlocal x = = 2')).toEqual([
      { rule: 'deprecated-scheduler', line: 1 },
    ]);
  });
});

describe('requirements', () => {
  it('are found by instance, through locals, services and WaitForChild', () => {
    const script = open(
      'src/shared/Round.luau',
      `local ReplicatedStorage = game:GetService("ReplicatedStorage")
local shared = ReplicatedStorage:WaitForChild("Shared")
local a = require(shared.A)
local b = require(script.Parent["B"])
local function later() return require(script.Inner) end
return require(unknown)`,
    );
    const pathOf = new Map([
      ['ReplicatedStorage/Shared/A', 'a.luau'],
      ['ReplicatedStorage/B', 'b.luau'],
      ['ReplicatedStorage/Round/Inner', 'inner.luau'],
    ]);
    expect(requirementsOf(script, pathOf).map(({ target, line }) => [target, line])).toEqual([
      ['a.luau', 3],
      ['b.luau', 4],
      ['inner.luau', 5],
    ]);
    expect(requirementsOf(script, pathOf, 'at load')).toHaveLength(2);
  });

  it('that go in a circle are found once, as on the page', () => {
    const examples = examplesOf('require-cycle');
    const scripts = examples.map(({ path, source }) => open(path, source));
    const pathOf = new Map(scripts.map(({ instance, path }) => [instance.join('/'), path]));
    const requirements = new Map(
      scripts.map((script) => [script.path, requirementsOf(script, pathOf, 'at load')]),
    );
    const cyclesFrom = (...changed: string[]) =>
      findRequireCycles((path) => requirements.get(path) ?? [], changed);
    const line = (file: string) => ({ file, line: 2, rule: 'require-cycle' });
    expect(cyclesFrom('src/shared/Right.luau')).toMatchObject([line('src/shared/Right.luau')]);
    expect(cyclesFrom('src/shared/Left.luau', 'src/shared/Right.luau')).toMatchObject([
      line('src/shared/Left.luau'),
    ]);
    expect(cyclesFrom('src/shared/Other.luau')).toEqual([]);
    const itself = () => [{ target: 'a', line: 1, column: 1 }];
    expect(findRequireCycles(itself, ['a'])).toHaveLength(1);
  });
});

describe('hints for what does not compile', () => {
  it.each([
    ['def explode(part):', 'function'],
    ['elif health < 0 then', 'elseif'],
    ['if health != 0 then', '~='],
    ['local target = None', 'nil'],
    ['if a && b then', 'and'],
    ['// a comment', '--'],
    ['score++', '+='],
    ['const speed = 4', 'local'],
    ['if (health > 0) {', 'end'],
    ['for i in range(10):', 'no colon'],
    ['return f"{name} won"', '`text {value}`'],
    ['let handler = (player) => print(player)', 'local name'],
  ])('%s', (line, hint) => {
    expect(syntaxHint(`local a = 1\n${line}\n`, 2)).toContain(hint);
  });

  it('are given to nobody who does not need them', () => {
    expect(syntaxHint('local text = "a != b && None"', 1)).toBeUndefined();
  });
});
