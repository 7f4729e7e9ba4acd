import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import { readLuauPackage } from '../../src/adapters/luau/index.js';
import { mistakeProject } from '../fixtures/code-mistakes.js';
import { makeFolder, runCli } from './run-cli.js';

const kit = inject('luauKit');
const spec = (expected: number) => `--!strict
local ReplicatedStorage = game:GetService("ReplicatedStorage")

local Grid = require(ReplicatedStorage.Shared.Grid)
local Testing = require(script.Parent.Testing)

return Testing.describe("grid", function()
	Testing.it("has a size", function()
		print("measured")
		Testing.expect(Grid.size()).toBe(${expected})
	end)
end)
`;
const config = {
  name: 'game',
  environments: {
    staging: {
      host: 'emulator',
      universeId: '1',
      creator: { type: 'user', id: '5' },
      places: { start: { placeId: '2' } },
    },
  },
};

let folder: string;
let remove: () => Promise<void>;
let env: Record<string, string>;

async function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}
const git = (...args: string[]) =>
  execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: folder });
const call = (...args: string[]) => runCli(['test', ...args], { cwd: folder, env });

beforeEach(async () => {
  ({ folder, remove } = await makeFolder());
  env = { GRAVESHIFT_CACHE: path.join(folder, '.cache'), ...(kit && { GRAVESHIFT_LUAU_KIT: kit }) };
  await write({
    '.gitignore': '.cache\n',
    'graveshift.json': JSON.stringify(config),
    'default.project.json': mistakeProject.rojoProject.text,
    ...mistakeProject.files,
    'tests/graveshift/Testing.luau': (await readLuauPackage()).testing,
    'tests/graveshift/Grid.spec.luau': spec(8),
    'tests/graveshift/Other.spec.luau': spec(8).replace('"grid"', '"other"'),
  });
  await git('init', '--quiet');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'begin');
});
afterEach(() => remove());

describe('graveshift test', () => {
  it('runs the specs of the working copy and sums up', async () => {
    const { code, stdout } = await call();
    expect(stdout).toContain('PASS tests/graveshift/Grid.spec.luau 1 passed');
    expect(stdout).toContain('tests/graveshift/Grid.spec.luau: measured');
    expect(stdout).toMatch(/^Files: 2 passed, 2 in all\nTests: 2 passed, 2 in all\nLines: /m);
    if (kit !== undefined) expect(stdout).toContain('Lines: 100.0 % of ');
    else expect(stdout).toContain('Lines: not counted');
    expect(code).toBe(0);
  });

  it('says what fails, and ends with 1', async () => {
    await write({ 'tests/graveshift/Grid.spec.luau': spec(9) });
    const { code, stdout } = await call();
    expect(stdout).toContain('FAIL tests/graveshift/Grid.spec.luau 0 passed, 1 failed');
    expect(stdout).toContain(
      '● grid › has a size\n    tests/graveshift/Grid.spec.luau:10: expected 8 to be 9',
    );
    expect(stdout).toContain('Tests: 1 failed, 1 passed, 2 in all');
    expect(code).toBe(1);
  });

  it('runs those that are asked for, as data', async () => {
    const { code, stdout } = await call('--filter', 'OTHER', '--json');
    const run = JSON.parse(stdout) as { files: { file: string }[]; passed: number };
    expect(run.files).toEqual([{ file: 'tests/graveshift/Other.spec.luau', passed: 1, failed: 0 }]);
    expect(run.passed).toBe(1);
    expect(code).toBe(0);
    const none = await call('--filter', 'nothing');
    expect(none.stdout).toContain('No spec was found');
    expect(none.code).toBe(1);
  });

  it('checks what differs from the last commit with --gate', async () => {
    const clean = await call('--gate', '--json');
    const gates = (text: string) =>
      Object.fromEntries(
        (JSON.parse(text) as { gates: { gate: string; verdict: string }[] }).gates.map((one) => [
          one.gate,
          one.verdict,
        ]),
      );
    expect(gates(clean.stdout)).toMatchObject({ lint: 'pass', 'unit-tests': 'pass', coverage: 'pass' });
    expect(clean.code).toBe(0);

    await write({ 'src/shared/Grid.luau': 'score = 1\nreturn { size = function() return 8 end }\n' });
    const { code, stdout } = await call('--gate');
    expect(stdout).toMatch(/^lint +fail/m);
    expect(stdout).toContain('error src/shared/Grid.luau:1:1 global-write');
    expect(code).toBe(1);
  });

  it('says what is missing where there is no project', async () => {
    const { code, stderr } = await runCli(['test', path.join(folder, 'src')], { env });
    expect(stderr).toContain('graveshift init');
    expect(code).toBe(1);
  });
});
