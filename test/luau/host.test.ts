import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import {
  compileScripts,
  formatLuau,
  readLuauPackage,
  runSpecs,
  toLuauModules,
  type SpecOptions,
} from '../../src/adapters/luau/index.js';
import { luauFolder, readLuauFiles } from '../../src/adapters/luau/package-files.js';
import { createWebRuntime } from '../../src/adapters/luau-tools/index.js';
import type { LuauRuntime } from '../../src/domain/luau-tools.js';
import { luauTools } from '../support/luau-tools.js';

const { testing } = await readLuauPackage();
const tools = await luauTools();
afterAll(() => tools.close());
const runtimes: LuauRuntime[] = [createWebRuntime({ parallel: 2 })];
if (tools.runtime.name === 'luau-kit') runtimes.push(tools.runtime);

/** One spec around these statements. */
const spec = (statements: string) => `local Testing = require(script.Parent.Testing)
return Testing.describe("probe", function()
	Testing.it("runs", function()
		${statements}
	end)
end)`;

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))('%s', (_, runtime) => {
  /** Runs files that lie in one folder, with the test library beside them. */
  function run(files: Record<string, string>, options: SpecOptions = {}) {
    const all = new Map(Object.entries({ 'game/Testing.luau': testing, ...files }));
    const mounts = [{ folder: 'game', instance: ['ReplicatedStorage', 'Game'] }];
    return runSpecs(runtime, toLuauModules(all, mounts), options);
  }
  const shortLimits = { limits: { seconds: 1 } };

  it('passes, fails with the line of the expectation, and keeps what was printed', async () => {
    const report = await run({
      'game/A.spec.luau': `local Testing = require(script.Parent.Testing)
return Testing.describe("sums", function()
	Testing.it("adds", function() print("one", 1, nil) Testing.expect(1 + 1).toBe(2) end)
	Testing.it("errs", function()
		Testing.expect({ 1 }).toEqual({ 2 })
	end)
end)`,
    });
    expect(report).toMatchObject({ files: 1, passed: 1 });
    expect(report.output).toEqual([{ file: 'game/A.spec.luau', text: 'one 1 nil' }]);
    expect(report.failures).toEqual([
      {
        file: 'game/A.spec.luau',
        test: 'sums › errs',
        message: 'game/A.spec.luau:5: expected { 1 = 1 } to equal { 1 = 2 }',
      },
    ]);
  });

  it('names file and line of a module that breaks while it runs', async () => {
    const report = await run({
      'game/Broken.luau': 'local nothing = nil\n\nreturn nothing.field',
      'game/A.spec.luau': spec('require(script.Parent.Broken)'),
    });
    expect(report.failures[0]?.message).toBe("game/Broken.luau:3: attempt to index nil with 'field'");
  });

  it('names file and line of a module that does not compile', async () => {
    const report = await run({
      'game/Broken.luau': 'return {\n= }',
      'game/A.spec.luau': 'local broken = require(script.Parent.Broken)\nreturn broken',
    });
    expect(report.failures[0]?.message).toMatch(/^game\/Broken\.luau:2: Expected identifier/);
  });

  it('is ended when it does not end, and says which test it was; the next file still runs', async () => {
    const report = await run(
      { 'game/A.spec.luau': spec('while true do end'), 'game/B.spec.luau': spec('') },
      shortLimits,
    );
    expect(report.passed).toBe(1);
    expect(report.failures).toEqual([
      {
        file: 'game/A.spec.luau',
        test: 'probe › runs',
        message: 'ended after 1000 ms: an endless loop, or far too slow',
      },
    ]);
  });

  it('is ended also where the loop is in a module that is only loaded', async () => {
    const report = await run({ 'game/A.spec.luau': 'repeat until false' }, shortLimits);
    expect(report.failures[0]).toMatchObject({ file: 'game/A.spec.luau', test: '' });
  });

  it('cannot take the memory of the machine', async () => {
    const report = await run(
      {
        'game/A.spec.luau': spec(
          'local t = {} while true do table.insert(t, string.rep("x", 100000) .. #t) end',
        ),
      },
      { limits: { seconds: 30, memoryBytes: 96 * 1024 * 1024 } },
    );
    expect(report.failures[0]?.message).toMatch(/memory/);
  });

  it('does not drown this process in output', async () => {
    const report = await run({ 'game/A.spec.luau': spec('for i = 1, 5000 do print(i) end') });
    expect(report.output.length).toBe(1000);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(1);
  });

  it('has neither the engine nor the host', async () => {
    const report = await run({
      'game/A.spec.luau': spec(`
        for name in getfenv() do Testing.expect(name).never.toContain("host") end
        Testing.expect(getfenv().load).toBeNil()
        Testing.expect(workspace).toBeNil()
        Testing.expect(function() game:GetService("Players") end).toThrow("no Players outside the engine")
        Testing.expect(function() return script.Parent.Missing end).toThrow('not a valid member of "ReplicatedStorage.Game"')
        Testing.expect(function() require("./Testing") end).toThrow("ModuleScript")`),
    });
    expect(report.failures).toEqual([]);
  });

  it('loads a module once, and sees a circle of them', async () => {
    const report = await run({
      'game/Once.luau': 'print("loaded") return {}',
      'game/Left.luau': 'return require(script.Parent.Right)',
      'game/Right.luau': 'return require(script.Parent.Left)',
      'game/A.spec.luau': spec(`
        Testing.expect(require(script.Parent.Once)).toBe(require(script.Parent.Once))
        Testing.expect(function() require(script.Parent.Left) end).toThrow("requires itself")`),
    });
    expect(report.failures).toEqual([]);
    expect(report.output).toHaveLength(1);
  });

  it('must be one, and hold a test', async () => {
    const report = await run({
      'game/A.spec.luau': 'return 1',
      'game/B.spec.luau': 'return require(script.Parent.Testing).describe("nothing", function() end)',
      'game/C.spec.luau': 'local x = 1',
    });
    expect(report.passed).toBe(0);
    expect(report.failures.map(({ message }) => message)).toEqual([
      'game/A.spec.luau: a spec ends with "return describe(…)"',
      'holds no test',
      'game/C.spec.luau: a module returns exactly one value, this one 0',
    ]);
  });

  it('stops when its run is cancelled', async () => {
    const modules = toLuauModules(new Map([['game/A.spec.luau', 'while true do end']]), [
      { folder: 'game', instance: ['ReplicatedStorage'] },
    ]);
    await expect(runSpecs(runtime, modules, { signal: AbortSignal.timeout(500) })).rejects.toThrow(/timeout/);
  });

  it('blames nobody for the time that others took', async () => {
    const busy = 'local t = os.clock() while os.clock() - t < 0.5 do end';
    const specs = ['A', 'B', 'C'].map((name) => [`game/${name}.spec.luau`, spec(busy)]);
    const report = await run(Object.fromEntries(specs) as Record<string, string>, {
      limits: { seconds: 1.2 },
    });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBe(3);
  });

  it('has time that passes only where it waits', async () => {
    const report = await run({
      'game/A.spec.luau': spec(`
        local seen = {}
        task.delay(3600, function() table.insert(seen, "delay") end)
        task.spawn(function() task.wait(60) table.insert(seen, "spawn") end)
        task.cancel(task.delay(1, function() table.insert(seen, "never") end))
        Testing.expect(task.wait(7200)).toBe(7200)
        Testing.expect(seen).toEqual({ "spawn", "delay" })`),
    });
    expect(report.failures).toEqual([]);
  });

  it('fails by what a thread does that it started, and by a wait for nothing', async () => {
    const report = await run({
      'game/A.spec.luau': spec('task.spawn(function() error("lost") end)'),
      'game/B.spec.luau': spec('coroutine.yield()'),
    });
    expect(report.failures.map(({ test, message }) => [test, message])).toEqual([
      ['probe › runs', expect.stringMatching(/a thread that it started failed: .*:4: lost/) as string],
      ['', 'waits for ever: nothing is left that could resume it'],
    ]);
  });

  it('gives each spec modules of its own', async () => {
    const report = await run({
      'game/Count.luau': 'local count = { n = 0 } return count',
      'game/A.spec.luau': spec('local c = require(script.Parent.Count) c.n += 1 Testing.expect(c.n).toBe(1)'),
      'game/B.spec.luau': spec('local c = require(script.Parent.Count) c.n += 1 Testing.expect(c.n).toBe(1)'),
    });
    expect(report.failures).toEqual([]);
  });

  it.runIf(runtime.measuresCoverage)('counts the lines that all specs ran together', async () => {
    const report = await run(
      {
        'game/Sign.luau':
          'return function(n)\n\tif n < 0 then\n\t\treturn -1\n\telseif n > 0 then\n\t\treturn 1\n\tend\n\treturn 0\nend',
        'game/A.spec.luau': spec('Testing.expect(require(script.Parent.Sign)(-2)).toBe(-1)'),
        'game/B.spec.luau': spec('Testing.expect(require(script.Parent.Sign)(0)).toBe(0)'),
      },
      { coverage: ['game/Sign.luau'] },
    );
    const lines = report.coverage?.get('game/Sign.luau');
    const times = [1, 2, 3, 4, 5, 7].map((line) => lines?.get(line));
    expect(times).toEqual([2, 2, 1, 1, 0, 1]);
  });
});

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))(
  'the compiler of %s',
  (_, runtime) => {
    it('lists every file that does not compile, with its line, and runs nothing', async () => {
      const errors = await compileScripts(
        runtime,
        new Map([
          ['src/good.luau', 'while true do end'],
          ['src/bad: odd name.luau', '\n\nlocal = 3'],
          ['src/open.luau', 'return {'],
        ]),
      );
      expect(errors).toEqual([
        { file: 'src/bad: odd name.luau', line: 3, message: expect.stringContaining('identifier') as string },
        { file: 'src/open.luau', line: 1, message: expect.stringContaining('<eof>') as string },
      ]);
    });
  },
);

describe('the formatter', () => {
  it('names file, line and column of what it cannot read', () => {
    expect(() => formatLuau('src/bad.luau', 'local x = = 3')).toThrow(/src\/bad\.luau.*1:9|1:11/s);
  });

  it('has the settings of luau/stylua.toml, and what we emit follows them', async () => {
    const toml = await readFile(join(luauFolder(), 'stylua.toml'), 'utf8');
    expect(toml).toContain('column_width = 100');
    expect(toml).toContain('indent_type = "Tabs"');
    expect(toml).toMatch(/\[sort_requires\]\nenabled = true/);
    for (const folder of ['runtime', 'client', 'templates', 'testing', 'host']) {
      for (const [path, source] of await readLuauFiles(folder)) {
        expect(formatLuau(path, source), `${folder}/${path}`).toBe(source);
      }
    }
  });
});
