import { existsSync } from 'node:fs';
import { afterAll, describe, expect, inject, it } from 'vitest';

import { createKitRuntime } from '../../src/adapters/luau-tools/kit-runtime.js';
import { createWebRuntime } from '../../src/adapters/luau-tools/web-runtime.js';
import { program } from './programs.js';

const kitPath = inject('luauKit');
const kit = kitPath === undefined ? undefined : createKitRuntime({ path: kitPath, env: {}, parallel: 2 });
const web = createWebRuntime({ parallel: 2 });
afterAll(() => kit?.close());

/** Short, so that the loops that never end cost little. */
const seconds = 0.3;
const limits = { seconds };

describe.each([
  { name: 'luau-kit', runtime: kit },
  { name: 'luau-web', runtime: web },
])('a program in $name', ({ runtime }) => {
  const can = it.runIf(runtime !== undefined);
  const run = async (...given: Parameters<typeof program>) => await runtime!.run(program(...given));

  can('is given its argument and reports values as JSON has them', async () => {
    const argument = { night: 3, seeds: [1, 2.5, -7], deep: { on: true, text: 'Nebel “über” 🌒' }, none: {} };
    const result = await run(
      'host.report(host.argument) host.report(nil) host.report(host.argument.seeds[2])',
      {
        argument,
      },
    );
    expect(result).toMatchObject({ status: 'done', reports: [{ ...argument, none: [] }, null, 2.5] });
  });

  can('prints into the result', async () => {
    const result = await run(
      'print("a", 1, true, nil) warn(setmetatable({}, { __tostring = function() return "b" end }))',
    );
    expect(result.output).toEqual(['a 1 true nil', 'b']);
  });

  can('prints a thousand texts of two thousand characters at most', async () => {
    const { output } = await run('for i = 1, 3000 do print(string.rep("ü", 5000)) end');
    expect(output).toHaveLength(1000);
    expect(new Set(output.map((text) => text.length))).toEqual(new Set([2000]));
  });

  can('loads chunks by name, each with globals of its own', async () => {
    const chunks = {
      'src/A.luau': 'shared = 1\nreturn function() return shared, host end',
      'src/B.luau': 'return shared',
      'src/Bad.luau': 'local x =\nreturn',
    };
    const source = `
      local a = host.load("src/A.luau")()
      host.report({ a(), (select(2, a())) == nil, host.load("src/B.luau")() == nil })
      host.report({ (select(2, host.load("src/Bad.luau"))), (select(2, host.load("src/None.luau"))) })`;
    const { reports, error } = await run(source, { chunks });
    expect(error).toBeUndefined();
    expect(reports[0]).toEqual([1, true, true]);
    expect(reports[1]).toEqual([
      expect.stringMatching(/^src\/Bad\.luau:2: Expected identifier/),
      'there is no chunk "src/None.luau" in the program',
    ]);
  });

  can('gives a chunk the globals that it is loaded with, over the standard ones', async () => {
    const chunks = { m: 'return typeof(game), math.floor(speed)' };
    const source = `
      local environment = { game = {}, speed = 2.5, typeof = function() return "Instance" end }
      local kind, floor = host.load("m", environment)()
      host.report({ kind, floor })`;
    expect((await run(source, { chunks })).reports).toEqual([['Instance', 2]]);
  });

  can('gives the same result each time', async () => {
    const source = 'host.report({ math.random(), math.random(1, 1000) })';
    expect((await run(source)).reports).toEqual((await run(source)).reports);
  });

  can('says where it failed', async () => {
    const chunks = {
      'src/Deep.luau': 'local function fail()\n\terror("no light")\nend\nreturn function()\n\tfail()\nend',
    };
    const { status, error } = await run('local f = host.load("src/Deep.luau")()\nf()', { chunks });
    expect(status).toBe('error');
    expect(error?.message).toBe('src/Deep.luau:2: no light');
    expect(error?.traceback).toContain('src/Deep.luau:2');
    expect(error?.traceback).toContain('main:2');
  });

  can('that does not compile is an error with the line', async () => {
    const { status, error } = await run('\nlocal = 1');
    expect(status).toBe('error');
    expect(error?.message).toMatch(/^main:2: Expected identifier/);
  });

  can('sees the errors of its coroutines', async () => {
    const source = `
      local thread = coroutine.create(function() error("inside") end)
      local ok, message = coroutine.resume(thread)
      host.report({ ok, message })
      coroutine.wrap(function() error("outside") end)()`;
    const { status, reports, error } = await run(source);
    expect(reports).toEqual([[false, 'main:2: inside']]);
    expect(status).toBe('error');
    expect(error?.message).toContain('outside');
  });

  can.each([
    ['a cycle', 'local t = {} t.self = t host.report(t)', /nested more than 100 deep, or holds itself/],
    ['a function', 'host.report({ waves = { 1, function() end } })', /waves\[2\] is a function/],
    ['NaN', 'host.report({ speed = 0 / 0 })', /speed is not a number/],
    ['an array with gaps', 'host.report({ 1, nil, 3 })', /is an array with gaps/],
    ['mixed keys', 'host.report({ 1, name = 2 })', /mixes texts with other keys/],
    ['text that is not UTF-8', 'host.report("\\xff")', /is not UTF-8/],
  ])('cannot report %s', async (_what, source, message) => {
    const { status, error } = await run(source);
    expect(status).toBe('error');
    expect(error?.message).toMatch(message);
  });

  can.each([
    ['a table', 'error({ code = 7 })', 'the error value is a table'],
    ['nothing', 'error(nil)', 'the error value is a nil'],
    [
      'a value with its own text',
      'error(setmetatable({}, { __tostring = function() return "mine" end }))',
      'mine',
    ],
  ])('may throw %s', async (_what, source, message) => {
    expect((await run(source)).error?.message).toBe(message);
  });

  can('that yields at its top level is told so', async () => {
    expect((await run('coroutine.yield()')).error?.message).toContain('yielded at its top level');
  });

  can.each([
    ['loops', 'while true do end'],
    ['catches each error', 'while true do pcall(function() while true do end end) end'],
    [
      'catches in coroutines',
      'while true do coroutine.resume(coroutine.create(function() while true do end end)) end',
    ],
    [
      'handles its end for ever',
      'xpcall(function() while true do end end, function() while true do end end)',
    ],
    ['searches for ever', 'string.find(string.rep("a", 200000), string.rep(".-", 20) .. "b")'],
  ])('that %s ends with its time', async (_what, source) => {
    const { status, error } = await run(source, { limits });
    expect(status).toBe('timeout');
    expect(error?.message).toBe(`time limit of ${seconds} s exceeded`);
  });

  can.each([
    ['fills its memory', 'local t = {} while true do table.insert(t, string.rep("x", 100000) .. #t) end'],
    [
      'catches it',
      'local t = {} while true do pcall(function() table.insert(t, string.rep("x", 100000) .. #t) end) end',
    ],
  ])('that %s ends with its memory', async (_what, source) => {
    const { status, error } = await run(source, { limits: { memoryBytes: 48 * 1024 * 1024 } });
    expect(status).toBe('memory');
    expect(error?.message).toContain('memory limit');
  });

  can('may not recurse without end', async () => {
    const { status, error } = await run('local function f() return 1 + f() end f()');
    expect(status).toBe('error');
    expect(error?.message).toContain('stack overflow');
  });

  can('may hold text that is no UTF-8', async () => {
    expect((await run('-- \ud800\nhost.report(#"\ud800")')).reports).toEqual([3]);
  });

  can('does not keep what it changes', async () => {
    const { error } = await run('string.format = nil');
    expect(error?.message).toContain('readonly');
    expect((await run('host.report(string.format("%d", 1))')).reports).toEqual(['1']);
  });

  can('ends when it is aborted', async () => {
    const aborted = AbortSignal.timeout(100);
    await expect(runtime!.run(program('while true do end'), aborted)).rejects.toThrow();
    expect((await run('host.report(1)')).reports).toEqual([1]);
  });

  can('runs beside others', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => run('host.report(host.argument)', { argument: index })),
    );
    expect(results.flatMap(({ reports }) => reports)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

it('has luau-kit wherever its path is given', () => {
  expect(kitPath === undefined || existsSync(kitPath)).toBe(true);
});
