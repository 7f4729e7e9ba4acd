import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { createKitChecker, type KitChecker } from '../../src/adapters/luau-tools/kit-checker.js';
import { prepareRobloxDefinitions } from '../../src/adapters/roblox-api/index.js';
import type { CodeFinding } from '../../src/domain/code-finding.js';
import { resolveCache } from '../../src/stack/home.js';
import { files, gameWith, sourceMap } from './game.js';

const kitPath = inject('luauKit');

describe.runIf(kitPath !== undefined)('the type check of luau-kit', () => {
  let checker: KitChecker;
  beforeAll(async () => {
    const api = await prepareRobloxDefinitions({ cacheDirectory: resolveCache(process.env) });
    checker = createKitChecker({ ...api, path: kitPath!, env: {}, version: 'test' });
  });
  afterAll(() => checker.close());

  const solvers = ['old', 'new'] as const;
  const places = (findings: CodeFinding[]) =>
    findings.map(({ line, rule, severity }) => `${line ?? '?'} ${rule} ${severity}`);

  const wrong = [
    'local ReplicatedStorage = game:GetService("ReplicatedStorage")',
    'local Grid = require(ReplicatedStorage.Shared.Grid)',
    'local part = Instance.new("Part")',
    'part.Colour = Color3.new(1, 0, 0)', //                            5 no such property
    'part:Explode()', //                                               6 no such method
    'Grid.cell("one", "hall")', //                                     7 wrong argument, of another module
    'part.Material = Enum.Material.Plastik', //                        8 no such item
    'game:GetService("RunServise")', //                                9 no such service
    'workspace:FindFirstChild("Door").Name = "door"', //               10 may be nil
    'part.Velocity = Vector3.zero', //                                 11 deprecated
    'wait(1)', //                                                      12 deprecated
    'part.AssemblyMass = 3', //                                        13 read-only
    'print(ReplicatedStorage.Shared.Gird)', //                         14 not in the source map
    'Instance.new("Prat")', //                                         15 no such class
  ];

  it.each(solvers)('finds each planted error, in its line, with the %s solver', async (solver) => {
    const findings = await checker.check({ ...gameWith(wrong), solver });
    expect(places(findings)).toEqual([
      '5 TypeError error',
      '6 TypeError error',
      '7 TypeError error',
      '8 TypeError error',
      '9 TypeError error',
      '10 TypeError error',
      '11 DeprecatedApi error',
      '12 DeprecatedGlobal error',
      '13 TypeError error',
      '14 TypeError error',
      '15 TypeError error',
    ]);
    expect(new Set(findings.map(({ file }) => file))).toEqual(new Set([files.main]));
    const fixOf = (line: number) => findings.find((finding) => finding.line === line)?.fix;
    expect(fixOf(11)).toBe('use AssemblyLinearVelocity');
    expect(fixOf(12)).toBe('use task.wait');
  });

  const right = [
    'local ReplicatedStorage = game:GetService("ReplicatedStorage")',
    'local Players = game:GetService("Players")',
    '',
    'local Grid = require(ReplicatedStorage.Shared.Grid)',
    'local Helper = require(script.Parent.Helper)',
    '',
    'local cell: Grid.Cell = Grid.cell(Helper.double(2), "hall")',
    'local rooms: { [string]: { number } } = {}',
    'for _, size in rooms[cell.name] or {} do',
    '\tprint(size + 1)',
    'end',
    'local scratch = buffer.create(4)',
    'buffer.writeu8(scratch, 0, 1)',
    'local part = Instance.new("Part")',
    'part.Size = Vector3.new(1, 2, 3) * 2',
    'part.Material = Enum.Material.Neon',
    'part.Parent = workspace',
    'part.Touched:Connect(function(other)',
    '\tlocal model = other:FindFirstAncestorOfClass("Model")',
    '\tlocal humanoid = if model then model:FindFirstChildOfClass("Humanoid") else nil',
    '\tif humanoid then',
    '\t\thumanoid:TakeDamage(5)',
    '\tend',
    'end)',
    'for _, child in workspace.Map:GetDescendants() do',
    '\tif child:IsA("BasePart") then',
    '\t\tchild.Transparency = 0.5',
    '\tend',
    'end',
    'ReplicatedStorage.Shared.Hunt.OnServerEvent:Connect(function(player, ...)',
    '\tprint(player.UserId, ...)',
    'end)',
    'Players.PlayerAdded:Connect(function(player)',
    '\tplayer:SetAttribute("Night", 1)',
    'end)',
  ];

  it.each(solvers)('finds nothing in a right program, with the %s solver', async (solver) => {
    expect(await checker.check({ ...gameWith(right), solver })).toEqual([]);
  });

  it.each([
    ['by members', 'game.ReplicatedStorage.Shared.Grid'],
    ['by WaitForChild', 'game:GetService("ReplicatedStorage"):WaitForChild("Shared"):WaitForChild("Grid")'],
    ['by FindFirstChild', 'game:GetService("ReplicatedStorage").Shared:FindFirstChild("Grid")'],
    ['by key', 'game:GetService("ReplicatedStorage")["Shared"]["Grid"]'],
    ['by its own place', 'script.Parent.Parent.ReplicatedStorage.Shared.Grid'],
  ])('follows a require %s', async (_how, to) => {
    const [finding, ...others] = await checker.check(gameWith([`local Grid = require(${to} :: any)`.replace(' :: any', ''), 'Grid.cell(1, 2)'])); // prettier-ignore
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ file: files.main, line: 3, rule: 'TypeError' });
    expect(finding?.message).toContain('string');
  });

  it('knows the class of a child that is waited for', async () => {
    const lines = [
      'local hunt = game:GetService("ReplicatedStorage").Shared:WaitForChild("Hunt")',
      'hunt:Fire(1)',
    ];
    const [finding] = await checker.check(gameWith(lines));
    expect(finding?.message).toContain("'Fire' not found in external type 'RemoteEvent'");
  });

  it('says where a required module would have to be', async () => {
    const findings = await checker.check(gameWith(['require(script.Parent.Halper)']));
    expect(findings.map(({ message }) => message)).toContain(
      'Unknown require: game.ServerScriptService.Halper is not in the source map',
    );
  });

  it('reports what does not parse as syntax, with its place', async () => {
    const [finding] = await checker.check(gameWith(['local part = = 3']));
    expect(finding).toMatchObject({ check: 'syntax', severity: 'error', line: 2, column: 14 });
  });

  it('reports lints as warnings', async () => {
    const findings = await checker.check(gameWith(['local part = Instance.new("Part")']));
    expect(findings).toMatchObject([{ check: 'lint', rule: 'LocalUnused', severity: 'warning', line: 2 }]);
  });

  it('reports modules that require each other', async () => {
    const findings = await checker.check(
      gameWith(['require(script.Parent.Helper)'], {
        [files.helper]: '--!strict\nlocal Grid = require(game.ReplicatedStorage.Shared.Grid)\nreturn Grid\n',
        [files.grid]: '--!strict\nlocal Helper = require(game.ServerScriptService.Helper)\nreturn Helper\n',
      }),
    );
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('Cyclic module dependency'),
    );
  });

  it('reports only what it is asked about, and still sees the others', async () => {
    const game = gameWith(['local Helper = require(script.Parent.Helper)', 'Helper.double("two")'], {
      [files.grid]: '--!strict\nlocal x: number = "one"\nreturn x\n',
    });
    const findings = await checker.check({ ...game, only: new Set([files.main]) });
    expect(findings.map(({ file, line }) => [file, line])).toEqual([[files.main, 3]]);
  });

  it('checks a script that is not in the source map', async () => {
    const loose = 'tests/Loose.luau';
    const findings = await checker.check(
      gameWith([], { [loose]: '--!strict\nlocal x: number = "one"\nreturn x\n' }),
    );
    expect(findings).toMatchObject([{ file: loose, line: 2, rule: 'TypeError' }]);
  });

  it('sees each change of a source, and of the source map, in the next request', async () => {
    const lines = ['local Helper = require(script.Parent.Helper)', 'Helper.double(2)'];
    const changed = '--!strict\nreturn { double = function(value: string): string\n\treturn value\nend }\n';
    expect(await checker.check(gameWith(lines))).toEqual([]);
    const [finding] = await checker.check(gameWith(lines, { [files.helper]: changed }));
    expect(finding).toMatchObject({ file: files.main, line: 3 });
    expect(await checker.check(gameWith(lines))).toEqual([]);

    const { sources } = gameWith(lines);
    const children = sourceMap.children?.filter(({ name }) => name !== 'ServerScriptService') ?? [];
    expect(await checker.check({ sources, sourceMap: { ...sourceMap, children } })).not.toEqual([]);
    expect(await checker.check(gameWith(lines))).toEqual([]);
  });

  it('checks the scripts of a model, whose tree has no game', async () => {
    const model = (name: string) => ({ name, className: 'Folder', children: [{ name: 'Grid', className: 'ModuleScript', filePaths: [files.grid] }] }); // prettier-ignore
    const source =
      '--!strict\nlocal x: number = game:GetService("Workspace").Gravity\nreturn script.Parent.Grid, game.Nope, x\n';
    for (const name of ['Kit', 'Kit again']) {
      const findings = await checker.check({
        sourceMap: model(name),
        sources: new Map([[files.grid, source]]),
      });
      expect(findings.map(({ line, message }) => [line, message])).toEqual([
        [3, "Key 'Nope' not found in external type 'DataModel'"],
      ]);
    }
  });

  it('checks a file that is in the tree twice, and tells of it once', async () => {
    const { sources } = gameWith(['local again = require(workspace.Again)', 'again.cell("one", "hall")']);
    const again = { name: 'Again', className: 'ModuleScript', filePaths: [files.grid] };
    const children = (sourceMap.children ?? []).map((child) =>
      child.name === 'Workspace' ? { ...child, children: [again] } : child,
    );
    const findings = await checker.check({ sourceMap: { ...sourceMap, children }, sources });
    expect(places(findings)).toEqual(['3 TypeError error']);
  });

  it('that is killed between or within requests loads its definitions again', async () => {
    expect(await checker.check(gameWith(right))).toEqual([]);
    process.kill(checker.pid()!, 'SIGKILL');
    await vi.waitFor(() => expect(checker.pid()).toBeUndefined());
    expect(places(await checker.check(gameWith(wrong)))).toHaveLength(11);
    const running = checker.check(gameWith(right));
    process.kill(checker.pid()!, 'SIGKILL');
    await expect(running).rejects.toMatchObject({ kind: 'ToolFailure' });
    expect(await checker.check(gameWith(right))).toEqual([]);
  });

  it('answers many requests in turn', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => checker.check(gameWith(index % 2 === 0 ? right : wrong))),
    );
    expect(answers.map((findings) => findings.length)).toEqual([0, 11, 0, 11, 0, 11, 0, 11, 0, 11]);
  });

  it('reports what is wrong with the definitions, and checks nothing without them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-definitions-'));
    const definitions = path.join(folder, 'broken.d.luau');
    const metadata = path.join(folder, 'metadata.json');
    await writeFile(definitions, 'declare game: NoSuchClass\n');
    await writeFile(metadata, '{}');
    const broken = createKitChecker({ path: kitPath!, env: {}, version: 'test', definitions, metadata });
    try {
      await expect(broken.check(gameWith(right))).rejects.toThrow(
        /type error at 1:15: Unknown type 'NoSuchClass'/,
      );
    } finally {
      broken.close();
      await rm(folder, { recursive: true });
    }
  });
});
