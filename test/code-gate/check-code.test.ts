import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createCodeCheckActivities } from '../../src/activities/code-check.js';
import { createNightCodeActivities } from '../../src/activities/night-code.js';
import { createFileArtifactStore } from '../../src/adapters/artifacts/index.js';
import { createJsonCache } from '../../src/adapters/files/json-cache.js';
import { createLuauParser } from '../../src/adapters/luau-syntax/index.js';
import type { CodeActivities } from '../../src/domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../../src/domain/artifact.js';
import { changeSetDigest, changeSetSchema } from '../../src/domain/change-set.js';
import { codeReportSchema } from '../../src/domain/code-report.js';
import type { NightDesign } from '../../src/domain/night.js';
import { assetsOf, createGame, handMadeNight, type GameRepository } from '../luau/fixtures.js';
import { longTests } from '../support/long-tests.js';
import { luauTools } from '../support/luau-tools.js';

const luau = await luauTools();
const parser = await createLuauParser();
const hasKit = luau.runtime.measuresCoverage;

let folder: string;
let artifacts: ArtifactStore;
let game: GameRepository;
let activities: CodeActivities;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graveshift-check-'));
  artifacts = createFileArtifactStore({ directory: join(folder, 'store') });
});
afterAll(async () => {
  await luau.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  game = await createGame();
  const cache = createJsonCache({ directory: join(folder, 'cache') });
  activities = {
    ...createNightCodeActivities({ artifacts, projectFiles: game.files }),
    ...createCodeCheckActivities({
      artifacts,
      git: game.files,
      tools: { luau, parser, cache },
    }),
  };
});
afterEach(() => game.remove());

const putJson = (value: unknown) =>
  artifacts.put(new TextEncoder().encode(JSON.stringify(value)), 'application/json');
const textOf = async (ref: ArtifactRef) => new TextDecoder().decode(await artifacts.get(ref));

/** Checks a night after someone changed files of its change set, or its design. */
async function checkAfter(
  changes: Record<string, (text: string) => string>,
  changeDesign: (design: NightDesign) => NightDesign = (design) => design,
) {
  const design = handMadeNight();
  const written = await activities.writeNightCode({
    project: game.snapshot(),
    runId: 'run-1',
    design: await putJson(design),
    manifests: [await putJson({ assets: assetsOf(design) })],
  });
  const contents = changeSetSchema.parse(JSON.parse(await textOf(written.changeSet)));
  const files = { ...contents.files };
  for (const [path, change] of Object.entries(changes)) {
    const before = files[path] === undefined ? '' : await textOf(files[path]);
    files[path] = await artifacts.put(new TextEncoder().encode(change(before)), 'text/x-luau');
  }
  const result = await activities.checkCode({
    project: game.snapshot(),
    subject: { kind: 'night', night: 3, design: await putJson(changeDesign(design)) },
    changeSet: await putJson({ ...contents, files }),
  });
  const gate = (name: string) => result.gates.find((one) => one.gate === name);
  return {
    ...result,
    files,
    gate,
    verdicts: Object.fromEntries(result.gates.map(({ gate: name, verdict }) => [name, verdict])),
    findings: (name: string) => gate(name)?.findings.join('\n') ?? '',
  };
}

const grid = 'src/shared/Graveshift/Grid.luau';
const withKit = (verdict: string) => (hasKit ? verdict : 'inconclusive');

describe('checking a night', () => {
  it('passes every gate; broken scripts of the project are warned of and not blamed', async () => {
    const checked = await checkAfter({});
    expect(checked.verdicts).toEqual({
      paths: 'pass',
      syntax: 'pass',
      format: 'pass',
      types: luau.checker ? 'pass' : 'inconclusive',
      lint: 'pass',
      security: 'pass',
      'unit-tests': 'pass',
      coverage: withKit('pass'),
      mutants: withKit('pass'),
      map: 'pass',
    });
    expect(checked.findings('syntax')).toMatch(/^src\/shared\/Own\.luau:1:1 SyntaxError: .*was so before/);
    expect(checked.gate('unit-tests')?.summary).toMatch(/^\d+ tests in \d+ files passed$/);

    const report = codeReportSchema.parse(JSON.parse(await textOf(checked.report)));
    expect(report.subject).toBe('night 3');
    expect(report.checks.map(({ gate }) => gate)).toEqual(checked.gates);
    expect(report.changeSet).toBe(changeSetDigest({ files: checked.files, removals: [] }));
  });

  it('puts a page about its checks into what is committed, the same each time', async () => {
    const first = await checkAfter({});
    const again = await checkAfter({});
    expect(again.written).toEqual(first.written);
    const committed = changeSetSchema.parse(JSON.parse(await textOf(first.written.changeSet)));
    const page = committed.files['docs/graveshift/checks/night-3.md'];
    expect(Object.keys(committed.files)).toHaveLength(Object.keys(first.files).length + 1);
    expect(first.written.digest).toBe(changeSetDigest(committed));
    const text = await textOf(page!);
    expect(text).toContain('# Checks of night 3');
    expect(text).toMatch(/^\| unit-tests \| pass \| \d+ tests in \d+ files passed \|$/m);
    if (hasKit) expect(text).toMatch(/^\| src\/shared\/Graveshift\/Grid\.luau \| \d+ \| \d+ \| \d+ % \|$/m);
  });

  it.runIf(longTests)('has nothing to prove of what the project has already', async () => {
    const first = await checkAfter({});
    const texts: Record<string, string> = {};
    for (const [path, ref] of Object.entries(first.files)) texts[path] = await textOf(ref);
    await game.commit(texts);
    const again = await checkAfter({});
    expect(again.gate('coverage')?.summary).toMatch(/^No logic is new/);
    expect(again.gate('mutants')?.summary).toMatch(/^No logic is new/);
    expect(again.verdicts['unit-tests']).toBe('pass');
  });

  it('sees code that is not formatted, with the line and how to write it', async () => {
    const checked = await checkAfter({ [grid]: (text) => text.replace('local WALL', 'local   WALL') });
    expect(checked.verdicts).toMatchObject({ syntax: 'pass', format: 'fail', 'unit-tests': 'pass' });
    expect(checked.findings('format')).toMatch(
      /^src\/shared\/Graveshift\/Grid\.luau:\d+:1 stylua: .* \(fix: write: local WALL/,
    );
  });

  it('sees code that does not compile, with file and line, and looks at nothing that needs it', async () => {
    const checked = await checkAfter({ [grid]: (text) => `${text}\nlocal x != 3\n` });
    expect(checked.verdicts).toMatchObject({
      syntax: 'fail',
      format: 'inconclusive',
      lint: 'pass',
      'unit-tests': 'inconclusive',
      map: 'pass',
    });
    expect(checked.findings('syntax')).toMatch(
      /^src\/shared\/Graveshift\/Grid\.luau:\d+:1 SyntaxError: .*~=/,
    );
  });

  it('sees a rule that was broken, by the name of its test', async () => {
    const checked = await checkAfter({
      'src/shared/Graveshift/Hiding.luau': (text) => text.replace('self._occupants[place] ~= nil', 'false'),
    });
    expect(checked.verdicts).toMatchObject({ format: 'pass', 'unit-tests': 'fail', mutants: 'inconclusive' });
    expect(checked.findings('unit-tests')).toContain('Hiding › holds one survivor a place');
    expect(checked.findings('unit-tests')).toMatch(
      /^tests\/graveshift\/Hiding\.spec\.luau:\d+:1 failed-test/,
    );
  });

  it('sees data that shuts an objective in, in the code and in the design', async () => {
    const wallIn = (row: string) => row.replace('#.....,,.......#', '#.....##.......#');
    const checked = await checkAfter(
      { 'src/shared/Graveshift/Nights/Night3/Map.luau': wallIn },
      (design) => ({ ...design, map: { ...design.map, cells: design.map.cells.map(wallIn) } }),
    );
    expect(checked.verdicts).toMatchObject({ format: 'pass', 'unit-tests': 'fail', map: 'fail' });
    expect(checked.findings('unit-tests')).toContain('no way leads from the spawn');
    expect(checked.findings('map')).toContain('objective key-1 (key) at (8, 5)');
  });

  it('keeps all findings in the report and a few in the run', async () => {
    const broken = Object.fromEntries(
      Array.from({ length: 14 }, (_, index) => [`src/shared/Graveshift/Bad${index}.luau`, () => 'local =']),
    );
    const checked = await checkAfter(broken);
    expect(checked.gate('syntax')?.findings).toHaveLength(10);
    const report = codeReportSchema.parse(JSON.parse(await textOf(checked.report)));
    const syntax = report.checks.find(({ gate }) => gate.gate === 'syntax');
    expect(syntax?.findings.filter(({ severity }) => severity === 'error')).toHaveLength(14);
  });

  it.runIf(hasKit)('asks for tests of new logic, and for tests that notice', async () => {
    const module = (name: string) => `--!strict

local ${name} = {}

function ${name}.price(candles: number): number
	if candles > 10 then
		return candles * 2
	end
	return candles * 3
end

return table.freeze(${name})
`;
    const blind = `--!strict
local ReplicatedStorage = game:GetService("ReplicatedStorage")

local Blind = require(ReplicatedStorage.Shared.Blind)
local Testing = require(script.Parent.Testing)

return Testing.describe("Blind", function()
	Testing.it("runs", function()
		Blind.price(1)
		Blind.price(11)
	end)
end)
`;
    // Alone in the change, so that the night's own tests do not outweigh it.
    const first = await checkAfter({});
    const texts: Record<string, string> = {};
    for (const [path, ref] of Object.entries(first.files)) texts[path] = await textOf(ref);
    await game.commit(texts);
    const untested = await checkAfter({ 'src/shared/Untested.luau': () => module('Untested') });
    expect(untested.verdicts).toMatchObject({ 'unit-tests': 'pass', coverage: 'fail' });
    expect(untested.findings('coverage')).toMatch(
      /^src\/shared\/Untested\.luau:3:1 untested-lines: tests run 0 of/,
    );

    const unnoticed = await checkAfter({
      'src/shared/Blind.luau': () => module('Blind'),
      'tests/graveshift/Blind.spec.luau': () => blind,
    });
    expect(unnoticed.verdicts).toMatchObject({ coverage: 'pass', mutants: 'fail' });
    expect(unnoticed.findings('mutants')).toMatch(
      /src\/shared\/Blind\.luau:\d+:1 survived-mutant: no test noticed/,
    );
  });
});
