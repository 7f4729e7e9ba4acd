import { join } from 'node:path';

import { Dom } from 'rbx-dom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createEmulator } from '../../src/emulator/index.js';
import type { Stage } from './harness.js';
import { openStage } from './harness.js';
import { publish, rawCall } from './raw-call.js';

type Task = {
  path: string;
  state: string;
  error?: { code: string; message: string };
  output?: { results: unknown[] };
};

const module = (name: string, source: string) => ({
  className: 'ModuleScript',
  name,
  properties: { Source: source },
});

const place = () =>
  new Dom({
    className: 'DataModel',
    children: [
      {
        className: 'ReplicatedStorage',
        name: 'ReplicatedStorage',
        children: [
          module('Sum', 'return { add = function(a, b) return a + b end, me = script:GetFullName() }'),
          module('First', 'return require(script.Parent.Second)'),
          module('Second', 'return require(script.Parent.First)'),
          module('Broken', 'local x = 1\nerror("no good")'),
        ],
      },
      {
        className: 'Workspace',
        name: 'Workspace',
        children: [
          {
            className: 'Part',
            name: 'Well',
            properties: {
              Anchored: { Bool: true },
              Transparency: { Float32: 0.5 },
              size: { Vector3: [1, 2, 3] },
              Attributes: { Attributes: { Depth: { Float64: 7 }, Kind: { String: 'deep' } } },
            },
            children: [{ className: 'PointLight', name: 'Glow' }],
          },
        ],
      },
      {
        className: 'ServerScriptService',
        name: 'ServerScriptService',
        children: [{ className: 'Script', name: 'Main', properties: { Source: 'error("runs by itself")' } }],
      },
    ],
  }).toBinary();

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await publish(stage, place());
});
afterEach(() => stage.close());

const tasksPath = (version?: number) =>
  `/cloud/v2/universes/${stage.universeId}/places/${stage.placeId}${version === undefined ? '' : `/versions/${version}`}/luau-execution-session-tasks`;

const create = (script: string, timeout = '30s', version?: number) =>
  rawCall(stage, 'POST', tasksPath(version), { script, timeout });

async function look(path: string): Promise<Task> {
  return (await rawCall(stage, 'GET', `/cloud/v2/${path}`)).json as Task;
}

async function run(script: string, timeout?: string): Promise<Task> {
  const { path } = (await create(script, timeout)).json as Task;
  stage.clock.advance(60);
  for (;;) {
    const task = await look(path);
    if (task.state !== 'PROCESSING') return task;
  }
}

describe('a Luau task', () => {
  it('is queued, runs over the place version, and answers what the script returned', async () => {
    const created = (await create('return 1', '30s', 1)).json as Task;
    expect(created.path).toMatch(
      new RegExp(
        `^universes/${stage.universeId}/places/${stage.placeId}/versions/1/luau-execution-sessions/`,
      ),
    );
    expect(created).toMatchObject({ state: 'QUEUED', timeout: '30s', script: 'return 1' });
    expect((await look(created.path)).state).toBe('QUEUED');
    expect(
      await run(`
        local Sum = require(game:GetService("ReplicatedStorage").Sum)
        assert(Sum == require(game.ReplicatedStorage:WaitForChild("Sum")))
        return Sum.add(2, 3), Sum.me, { 1, "two\\n", true }, { ok = false, none = workspace.Well }, nil, game
      `),
    ).toMatchObject({
      state: 'COMPLETE',
      output: {
        results: [5, 'ReplicatedStorage.Sum', [1, 'two\n', true], { ok: false, none: null }, null, null],
      },
    });
  });

  it('sees instances, properties and attributes, and nothing that a physics engine would do', async () => {
    const { output, error } = await run(`
      local well = workspace:FindFirstChild("Well")
      return well.ClassName, well:IsA("BasePart"), well:IsA("Folder"), well.Anchored, well.Transparency,
        well:GetAttribute("Depth"), well:GetAttributes().Kind, well.Glow.Parent == well, #workspace:GetDescendants(),
        game:FindFirstChild("Glow", true):GetFullName(), well:FindFirstChild("Nothing"), typeof(well),
        game.PlaceVersion, tostring(game.PlaceId), tostring(game.GameId), game:GetService("RunService"):IsServer(),
        tostring(Vector3.new(1, 2, 3)), tostring(well.Size)
    `);
    expect(error).toBeUndefined();
    expect(output?.results).toEqual([
      'Part',
      true,
      false,
      true,
      0.5,
      7,
      'deep',
      true,
      2,
      'Workspace.Well.Glow',
      null,
      'Instance',
      1,
      stage.placeId,
      stage.universeId,
      true,
      '1, 2, 3',
      '1, 2, 3',
    ]);
  });

  it.each([
    ['error("boom")', 'TaskScript:1: boom'],
    ['local x = = 1', "TaskScript:1: Expected identifier when parsing expression, got '='"],
    ['require(game.ReplicatedStorage.Broken)', 'ReplicatedStorage.Broken:2: no good'],
    ['require(game.ReplicatedStorage.First)', 'requires itself, by way of others'],
    ['return workspace.Nothing', 'Nothing is not a valid member of Workspace "Workspace"'],
    ['game:GetService("Nonsense")', "'Nonsense' is not a valid Service name"],
    ['workspace.Well.Name = "x"', 'cannot be set'],
    ['coroutine.yield()', 'waits for something that never comes'],
  ])('fails for %s', async (script, message) => {
    const task = await run(script);
    expect(task).toMatchObject({ state: 'FAILED', error: { code: 'SCRIPT_ERROR' } });
    expect(task.error?.message).toContain(message);
  });

  it('is ended at its timeout', async () => {
    expect(await run('while true do end', '0.5s')).toMatchObject({
      state: 'FAILED',
      error: { code: 'DEADLINE_EXCEEDED' },
    });
  });

  it('waits in no time, in the order that the script asked for', async () => {
    const { output } = await run(`
      local seen = {}
      task.delay(20, function() table.insert(seen, "late") end)
      task.spawn(function() task.wait(10) table.insert(seen, "soon") end)
      local before = os.clock()
      task.wait(30)
      return seen, os.clock() - before >= 30
    `);
    expect(output?.results).toEqual([['soon', 'late'], true]);
  });

  it('keeps what it printed, in pages', async () => {
    const task = await run('for i = 1, 150 do print("line", i) end warn("careful") return 1');
    const logs = async (query: string) =>
      (await rawCall(stage, 'GET', `/cloud/v2/${task.path}/logs?${query}`)).json as {
        luauExecutionSessionTaskLogs: { messages: string[]; structuredMessages: unknown[] }[];
        nextPageToken: string;
      };
    const first = await logs('maxPageSize=1');
    expect(first.luauExecutionSessionTaskLogs[0]?.messages.slice(0, 2)).toEqual(['line 1', 'line 2']);
    const second = await logs(`maxPageSize=1&pageToken=${first.nextPageToken}`);
    expect(second.nextPageToken).toBe('');
    expect(second.luauExecutionSessionTaskLogs[0]?.messages.at(-1)).toBe('careful');
    const structured = await logs(`view=STRUCTURED&pageToken=1`);
    expect(structured.luauExecutionSessionTaskLogs[0]?.structuredMessages.at(-1)).toMatchObject({
      message: 'careful',
      messageType: 'WARNING',
    });
  });

  it('is refused where ten are unfinished, and where version, script or timeout are wrong', async () => {
    for (let index = 0; index < 10; index += 1) expect((await create('return 1')).status).toBe(200);
    expect((await create('return 1')).status).toBe(429);
    expect((await create('return 1', '30s', 9)).status).toBe(404);
    expect((await create('return 1', '301s')).status).toBe(400);
    expect((await rawCall(stage, 'POST', tasksPath(), {})).status).toBe(400);
    expect((await rawCall(stage, 'POST', tasksPath(), { script: 'x'.repeat(4_194_305) })).status).toBe(400);
  });

  it('of a place that cannot be read says so', async () => {
    await publish(stage, 'no instances <');
    expect(await run('return 1')).toMatchObject({ state: 'FAILED', error: { code: 'INTERNAL_ERROR' } });
  });

  it('that was cut off runs again', async () => {
    const { path } = (await create('while true do end', '1s')).json as Task;
    await stage.emulator.close();
    stage.emulator = await createEmulator({
      stateFile: join(stage.folder, 'state.json'),
      clock: stage.clock,
    });
    stage.clock.advance(60);
    let task = await look(path);
    while (task.state === 'PROCESSING') task = await look(path);
    expect(task).toMatchObject({ state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
  });
});
