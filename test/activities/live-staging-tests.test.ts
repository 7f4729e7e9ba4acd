import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openStage, type Stage } from '../open-cloud/harness.js';
import { commit, inActivity, liveActivities, placeWith, publish, stamp, targetOf } from './live-fixtures.js';

const testing = readFileSync('luau/testing/init.luau', 'utf8');
const doubleSpec = `--!strict
local ReplicatedStorage = game:GetService("ReplicatedStorage")
local Testing = require(script.Parent.Testing)
local double = require(ReplicatedStorage.Shared.Double)
return Testing.describe("double", function()
  Testing.it("doubles", function()
    Testing.expect(double(2)).toBe(4)
  end)
end)
`;
const specs = {
  'tests/graveshift/Double.spec.luau': doubleSpec,
  'tests/graveshift/Testing.luau': testing,
};
const right = 'return function(n) return n * 2 end';
const wrong = 'return function(n) return n + 3 end';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const test = (version: number, given: Parameters<typeof liveActivities>[1], details?: unknown) =>
  inActivity(
    () =>
      liveActivities(stage, given).testStaged({ project: 'game', commit, target: targetOf(stage), version }),
    details,
  );

describe('the tests of a staged version', () => {
  it('run on exactly that version, with the specs that its build left out', async () => {
    const good = await publish(stage, placeWith({ Double: right }));
    const bad = await publish(stage, placeWith({ Double: wrong }));
    expect((await test(good, { files: specs })).result).toMatchObject({
      verdict: 'pass',
      summary: `the built-in tests, on version ${good}: 2 tests passed`,
    });
    const { result } = await test(bad, { files: specs });
    expect(result.verdict).toBe('fail');
    expect(result.findings).toEqual([expect.stringContaining('double › doubles')]);
  });

  it('fail on a place that was built from another commit', async () => {
    const version = await publish(stage, placeWith({}, { ...stamp, commit: 'e'.repeat(40) }));
    const { result } = await test(version, {});
    expect(result.verdict).toBe('fail');
    expect(result.findings[0]).toContain(`not from ${commit}`);
  });

  it('find a night whose map places what it does not have', async () => {
    const nights = `return { load = { [3] = function()
      return { assets = { assets = {} }, map = { placements = { { assetId = "lamp-1" } } } }
    end } }`;
    const version = await publish(stage, placeWith({ Nights: nights }, stamp, 'Graveshift'));
    const { result } = await test(version, {});
    expect(result.findings).toEqual([
      expect.stringMatching(/^night 3: .*lamp-1, which is none of its assets/),
    ]);
  });

  it('run the specs that are in the place, too', async () => {
    const version = await publish(
      stage,
      placeWith({
        'Double.spec': 'return { run = function(reporter) reporter.failed("in place", "it is run") end }',
      }),
    );
    expect((await test(version, {})).result.findings).toEqual(['in place: it is run']);
    // Brought along as well, it is not run a second time.
    expect((await test(version, { files: specs })).result.findings).toEqual(['in place: it is run']);
  });

  it('are the project’s own script where it has one, and fail with what it says', async () => {
    const version = await publish(stage, placeWith({}));
    const own = (source: string) => test(version, { files: { 'tests/staging.luau': source } });
    expect((await own('print("looked")')).result).toMatchObject({ verdict: 'pass' });
    expect((await own('return { passed = 0, failures = {} }')).result).toMatchObject({
      verdict: 'inconclusive',
    });
    const { result } = await own('print("FAIL the door")\nerror("the door is shut")');
    expect(result).toMatchObject({ verdict: 'fail', findings: [expect.stringContaining('FAIL the door')] });
    expect(result.summary).toContain('the door is shut');
    const configured = () =>
      Promise.resolve({ path: 'tests/mine.luau', source: 'error("mine")', timeoutSeconds: 20 });
    expect((await test(version, { readTestScript: configured })).result.summary).toContain('tests/mine.luau');
  });

  it('go on with the task of a worker that died, and start another one where that is gone', async () => {
    const version = await publish(stage, placeWith({}));
    const files = { 'tests/staging.luau': 'return { passed = 3, failures = {} }' };
    const first = await test(version, { files });
    const [kept] = first.kept;
    expect(kept).toEqual({ path: expect.stringContaining(`/versions/${version}/`) as string });
    const created = async () =>
      (await stage.admin.requests()).filter(
        ({ method, path }) => method === 'POST' && path.endsWith('/luau-execution-session-tasks'),
      ).length;
    expect(await created()).toBe(1);
    expect((await test(version, { files }, kept)).result).toEqual(first.result);
    expect(await created()).toBe(1);
    const gone = { path: (kept as { path: string }).path.replace(/[^/]+$/, 'forgotten') };
    expect((await test(version, { files }, gone)).result).toEqual(first.result);
    expect(await created()).toBe(2);
  });
});
