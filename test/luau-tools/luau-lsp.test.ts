import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLspChecker, findLuauLsp, parseAnalysis } from '../../src/adapters/luau-tools/luau-lsp.js';
import { files, gameWith } from './game.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'graveshift-lsp-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A `luau-lsp` that writes down how it was called and what it saw, and prints the given output. */
async function fakeLsp(output: string, exitCode: number): Promise<string> {
  const program = path.join(folder, 'luau-lsp');
  const body = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
if (process.argv[2] === '--version') { console.log('1.69.0'); process.exit(0); }
const read = (file) => readFileSync(file, 'utf8');
const seen = { args: process.argv.slice(2), sourceMap: JSON.parse(read('sourcemap.json')), config: JSON.parse(read('.luaurc')), main: read(${JSON.stringify(files.main)}) };
writeFileSync(${JSON.stringify(path.join(folder, 'seen.json'))}, JSON.stringify(seen));
process.stderr.write('[INFO] Loading definitions file: @roblox\\n');
process.stdout.write(${JSON.stringify(output)});
process.exitCode = ${exitCode};
`;
  await writeFile(program, body);
  await chmod(program, 0o755);
  return program;
}

const checkerOf = (program: string) =>
  createLspChecker({
    path: program,
    env: {},
    version: 'luau-lsp 1.69.0',
    definitions: '/cache/roblox.d.luau',
  });

describe('a luau-lsp in PATH', () => {
  it('is found with its version', async () => {
    await fakeLsp('', 0);
    expect(await findLuauLsp({ PATH: folder })).toEqual({
      path: path.join(folder, 'luau-lsp'),
      version: '1.69.0',
    });
    expect(await findLuauLsp({ PATH: path.join(folder, 'none') })).toBeUndefined();
  });

  it('is given the sources, the source map and the definitions', async () => {
    const game = gameWith(['print(1)']);
    expect(await checkerOf(await fakeLsp('', 0)).check({ ...game, solver: 'new' })).toEqual([]);
    const seen = JSON.parse(await readFile(path.join(folder, 'seen.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(seen).toMatchObject({
      sourceMap: { className: 'DataModel' },
      config: { languageMode: 'strict' },
      main: game.sources.get(files.main),
    });
    expect(seen.args).toEqual([
      'analyze',
      '--platform=roblox',
      '--formatter=plain',
      '--sourcemap=sourcemap.json',
      '--definitions=@roblox=/cache/roblox.d.luau',
      '--base-luaurc=.luaurc',
      '--flag:LuauSolverV2=True',
      ...game.sources.keys(),
    ]);
  });

  it('has its findings read, of the files that are asked about', async () => {
    const output = [
      `${files.main}:3:5-9: (W0) TypeError: Expected this to be 'number',`,
      `but got 'string'`,
      `${files.main}:4:1-4: (W0) DeprecatedGlobal: Global 'wait' is deprecated, use 'task.wait' instead`,
      `${files.grid}:1:1-100: (W0) LocalUnused: Variable 'x' is never used`,
      '',
    ].join('\n');
    const only = new Set([files.main]);
    expect(await checkerOf(await fakeLsp(output, 1)).check({ ...gameWith([]), only })).toEqual([
      {
        check: 'types',
        file: files.main,
        line: 3,
        column: 5,
        endLine: 3,
        endColumn: 10,
        rule: 'TypeError',
        severity: 'error',
        message: "Expected this to be 'number',\nbut got 'string'",
      },
      {
        check: 'lint',
        file: files.main,
        line: 4,
        column: 1,
        endLine: 4,
        endColumn: 5,
        rule: 'DeprecatedGlobal',
        severity: 'error',
        message: "Global 'wait' is deprecated",
        fix: 'use task.wait',
      },
    ]);
  });

  it.each([
    ['by default', 'src/A.luau(3,5): SyntaxError: Expected identifier'],
    ['for GNU tools', 'src/A.luau:3.5-3.9: SyntaxError: Expected identifier'],
    ['plainly', 'src/A.luau:3:5-9: (W0) SyntaxError: Expected identifier'],
  ])('is understood when it writes %s', (_how, line) => {
    expect(parseAnalysis(`${line}\n`)).toMatchObject([
      { check: 'syntax', file: 'src/A.luau', line: 3, column: 5, message: 'Expected identifier' },
    ]);
  });

  it('that fails without a finding is a failure of the tool', async () => {
    const failing = checkerOf(await fakeLsp('error: unknown flag --platform\n', 1));
    await expect(failing.check(gameWith([]))).rejects.toMatchObject({
      kind: 'ToolFailure',
      message: expect.stringContaining('unknown flag --platform') as string,
    });
  });

  it('is given no file outside of its folder', async () => {
    const checker = checkerOf(await fakeLsp('', 0));
    const { sourceMap } = gameWith([]);
    const sources = new Map([['../../escape.luau', 'return 1']]);
    await expect(checker.check({ sourceMap, sources })).rejects.toMatchObject({ kind: 'InvalidInput' });
  });
});
