import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { createKitRuntime, type KitRuntime } from '../../src/adapters/luau-tools/kit-runtime.js';
import { program } from './programs.js';

const kitPath = inject('luauKit');

describe.runIf(kitPath !== undefined)('luau-kit', () => {
  let runtime: KitRuntime;
  beforeEach(() => {
    runtime = createKitRuntime({ path: kitPath!, env: {}, parallel: 1 });
  });
  afterEach(() => runtime.close());

  it('counts the lines of the chunks that it is asked to', async () => {
    const grid = [
      'local function walk(steps)', // 1
      '\tif steps > 2 then', //         2
      '\t\treturn "far"', //            3
      '\tend', //                       4
      '\tfor i = 1, steps do', //       5
      '\t\tsteps += i', //              6
      '\tend', //                       7
      '\treturn steps', //              8
      'end', //                         9
      '-- nothing', //                  10
      'local function never()', //      11
      '\treturn 1', //                  12
      'end', //                         13
      'return walk', //                 14
    ].join('\n');
    const result = await runtime.run(
      program('local walk = host.load("grid")() walk(3) walk(2) walk(1) host.load("grid")()', {
        chunks: { grid, unused: 'local x = 1\nreturn x' },
        coverage: ['grid', 'unused'],
      }),
    );
    expect(result.coverage?.get('grid')).toEqual(
      new Map([
        [1, 2],
        [2, 3],
        [3, 1],
        [5, 2],
        [6, 3],
        [8, 2],
        [11, 2],
        [12, 0],
        [14, 2],
      ]),
    );
    // What no test loads counts against them.
    expect(result.coverage?.get('unused')).toEqual(new Map([[1, 0], [2, 0]])); // prettier-ignore
  });

  it('tells what a program ran until it was stopped', async () => {
    const chunks = { loop: 'local n = 0\nwhile true do\n\tn += 1\nend' };
    const { status, coverage } = await runtime.run(
      program('host.report(1) host.load("loop")()', { chunks, coverage: ['loop'], limits: { seconds: 0.2 } }),
    );
    expect(status).toBe('timeout');
    expect(coverage?.get('loop')?.get(1)).toBe(1);
    expect(coverage?.get('loop')?.get(3)).toBeGreaterThan(100);
  });

  it('stops after the same turn on every machine, where interrupts are limited', async () => {
    const source =
      'local turns = 0\nwhile true do\n\tturns += 1\n\tif turns % 100 == 0 then\n\t\thost.report(turns)\n\tend\nend';
    const run = () => runtime.run(program(source, { limits: { interrupts: 10_000 } }));
    const [first, second] = [await run(), await run()];
    expect(first.status).toBe('timeout');
    expect(first.error?.message).toBe('limit of 10000 interrupts exceeded');
    expect(first.reports.length).toBeGreaterThan(10);
    expect(second.reports).toEqual(first.reports);
  });

  it('says where a program was when its time was over', async () => {
    const chunks = { 'src/Loop.luau': 'return function()\n\twhile true do\n\tend\nend' };
    const { error } = await runtime.run(
      program('pcall(host.load("src/Loop.luau")())', { chunks, limits: { seconds: 0.2 } }),
    );
    expect(error?.traceback).toMatch(/src\/Loop\.luau:[23]/);
    expect(error?.traceback).toContain('main:1');
  });

  it('reports the memory that a program had', async () => {
    const small = await runtime.run(program('host.report(1)'));
    const large = await runtime.run(program('host.report(#string.rep("x", 50000000))'));
    expect(large.peakBytes! - small.peakBytes!).toBeGreaterThan(40_000_000);
  });

  it('takes sources of two megabytes', async () => {
    const lines = 'local _ = { "a line of some forty characters" }\n'.repeat(100);
    const source = `do\n${lines}end\n`.repeat(440);
    expect(source.length).toBeGreaterThan(2_000_000);
    expect(await runtime.run(program(`${source}host.report(1)`))).toMatchObject({ reports: [1] });
  });

  it('refuses to report a small table that is beyond all measure when written out', async () => {
    const source = 'local t = {} for _ = 1, 90 do t = { t, t } end host.report(t)';
    expect((await runtime.run(program(source))).error?.message).toContain('is of more than 67108864 bytes');
  });

  it('survives programs that are stopped anywhere', async () => {
    const churn =
      'local kept = {} for i = 1, 1e9 do kept[i % 500] = { name = "n" .. i, f = function() return kept end } coroutine.wrap(function() pcall(table.insert, kept, i) end)() end';
    const stops = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0 ? { interrupts: 1000 + index * 997 } : { memoryBytes: 400_000 + index * 9973 },
    );
    const chunks = { churn };
    for (const limits of stops) {
      const { status } = await runtime.run(
        program('host.load("churn")()', { chunks, coverage: ['churn', 'main'], limits }),
      );
      expect(status).toBe('interrupts' in limits ? 'timeout' : 'memory');
    }
  });

  it('that is killed over a request answers "crashed", and the next request gets a fresh process', async () => {
    await runtime.run(program('host.report(1)'));
    const [before] = runtime.pids();
    const running = runtime.run(program('while true do end'));
    // The request is written in this turn; the process is the one that ran before.
    process.kill(before!, 'SIGKILL');
    const crashed = await running;
    expect(crashed.status).toBe('crashed');
    expect(crashed.error?.message).toContain('SIGKILL');
    expect((await runtime.run(program('host.report(2)'))).reports).toEqual([2]);
    expect(runtime.pids()).not.toContain(before);
  });

  it('that does not answer is killed after the limit and its grace', async () => {
    const stuck = createKitRuntime({ path: kitPath!, env: {}, parallel: 1, graceMs: 100 });
    try {
      await stuck.run(program(''));
      const [pid] = stuck.pids();
      process.kill(pid!, 'SIGSTOP');
      const hung = await stuck.run(program('host.report(1)', { limits: { seconds: 0.1 } }));
      expect(hung.status).toBe('timeout');
      expect(hung.error?.message).toContain('did not answer');
      expect((await stuck.run(program('host.report(2)'))).reports).toEqual([2]);
    } finally {
      stuck.close();
    }
  });

  it('refuses a program whose entry is not there', async () => {
    await expect(runtime.run({ chunks: new Map([['a', '']]), entry: 'b' })).rejects.toThrow(
      'entry "b" is none of the chunks',
    );
  });

  it('that is not there is "crashed", with the reason', async () => {
    const missing = createKitRuntime({ path: '/nowhere/luau-kit', env: {}, parallel: 1 });
    const { status, error } = await missing.run(program(''));
    expect(status).toBe('crashed');
    expect(error?.message).toContain('cannot be started');
  });
});
