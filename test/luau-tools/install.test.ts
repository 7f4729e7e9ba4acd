import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLuauTools, findLuauKit, installLuauKit } from '../../src/adapters/luau-tools/index.js';
import { cachedKitPath, kitCrateFolder } from '../../src/adapters/luau-tools/kit-version.js';
import { runCli } from '../cli/run-cli.js';

let folder: string;
let bin: string;
let cacheDirectory: string;
let messages: string[];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'graveshift-kit-')));
  bin = path.join(folder, 'bin');
  cacheDirectory = path.join(folder, 'cache');
  messages = [];
  await mkdir(bin);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const script = (body: string) => `#!${process.execPath}\n${body}\n`;
const fakeKit = script(`console.log('luau-kit 0.1.0 (Luau 0.720)');`);

async function writeProgram(name: string, text: string): Promise<string> {
  const file = path.join(bin, name);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

/** A cargo that takes `buildMs` to write a luau-kit, and notes each of its builds. */
async function fakeCargo({
  buildMs = 0,
  version = '1.95.0',
  body = fakeKit,
  fails = '',
} = {}): Promise<void> {
  await writeProgram(
    'cargo',
    script(`
const { appendFileSync, chmodSync, mkdirSync, writeFileSync } = require('node:fs');
if (process.argv[2] === '--version') { console.log('cargo ${version} (abc 2026-03-21)'); process.exit(0); }
appendFileSync(${JSON.stringify(path.join(folder, 'builds'))}, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), target: process.env.CARGO_TARGET_DIR, cxxflags: process.env.CXXFLAGS }) + '\\n');
if (${JSON.stringify(fails)}) { console.error(${JSON.stringify(fails)}); process.exit(101); }
setTimeout(() => {
  const file = process.env.CARGO_TARGET_DIR + '/release/luau-kit';
  mkdirSync(process.env.CARGO_TARGET_DIR + '/release', { recursive: true });
  writeFileSync(file, ${JSON.stringify(body)});
  chmodSync(file, 0o755);
}, ${buildMs});`),
  );
  await writeProgram('c++', script(''));
}

const builds = async () =>
  (await readFile(path.join(folder, 'builds'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { args: string[]; cwd: string; target: string; cxxflags: string });

const options = (env: Record<string, string> = {}) => ({
  env: { PATH: bin, ...env },
  cacheDirectory,
  onProgress: (message: string) => void messages.push(message),
});

describe('luau-kit', () => {
  it('is built once into the cache, and found there', async () => {
    await fakeCargo();
    const built = await installLuauKit(options());
    expect(built).toEqual({
      path: await cachedKitPath(cacheDirectory),
      version: '0.1.0 (Luau 0.720)',
      source: 'built',
    });
    expect(messages[0]).toContain('building luau-kit with cargo 1.95.0');
    expect(await installLuauKit(options())).toEqual({ ...built, source: 'cache' });
    expect(await builds()).toEqual([
      {
        args: ['build', '--release', '--locked', '--color', 'never'],
        cwd: await realpath(kitCrateFolder),
        target: path.join(cacheDirectory, 'luau-kit', 'target'),
        cxxflags: '-DNDEBUG',
      },
    ]);
    const left = await readdir(path.join(cacheDirectory, 'luau-kit'));
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is built once by those who ask at the same time', async () => {
    await fakeCargo({ buildMs: 300 });
    const all = await Promise.all([1, 2, 3].map(() => installLuauKit(options())));
    expect(all.map(({ source }) => source).sort()).toEqual(['built', 'cache', 'cache']);
    expect(await builds()).toHaveLength(1);
    expect(messages).toContain('another process is building luau-kit; waiting for it');
  });

  it('is another file when its sources change, and not when only their line ends do', async () => {
    const crate = path.join(folder, 'crate');
    const write = async (source: string) => {
      await mkdir(path.join(crate, 'src', 'native'), { recursive: true });
      for (const file of ['Cargo.toml', 'Cargo.lock', 'build.rs'])
        await writeFile(path.join(crate, file), file);
      await writeFile(path.join(crate, 'src', 'native', 'vm.cpp'), source);
      return await cachedKitPath(cacheDirectory, crate);
    };
    const first = await write('int a;\nint b;\n');
    expect(await write('int a;\r\nint b;\r\n')).toBe(first);
    expect(await write('int a;\nint c;\n')).not.toBe(first);
    expect(await cachedKitPath(cacheDirectory, path.join(folder, 'none'))).toBeUndefined();
  });

  it.each([
    ['cargo is missing', async () => Promise.resolve(), /cargo is not in PATH/],
    [
      'cargo is too old',
      () => fakeCargo({ version: '1.70.0' }),
      /cargo is 1\.70\.0, 1\.85\.0 or newer is needed/,
    ],
    [
      'there is no C++ compiler',
      async () => {
        await fakeCargo();
        await rm(path.join(bin, 'c++'));
      },
      /no C\+\+ compiler/,
    ],
    [
      'the build fails',
      () => fakeCargo({ fails: 'error: linking failed' }),
      /cargo build failed: error: linking failed/,
    ],
    ['what is built does not work', () => fakeCargo({ body: script('process.exit(1)') }), /is not usable/],
  ])('says in one sentence what to do where %s', async (_why, prepare, reason) => {
    await prepare();
    const failure = installLuauKit(options());
    await expect(failure).rejects.toMatchObject({ kind: 'ToolMissing' });
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toThrow(
      /install Rust .* and a C\+\+ compiler .* or set GRAVESHIFT_LUAU_KIT/,
    );
    expect(await findLuauKit(options())).toMatchObject({
      miss: expect.stringContaining('no such file') as string,
    });
  });

  it('of GRAVESHIFT_LUAU_KIT is used or refused', async () => {
    const named = await writeProgram('my-kit', fakeKit);
    expect(await installLuauKit(options({ GRAVESHIFT_LUAU_KIT: named }))).toEqual({
      path: named,
      version: '0.1.0 (Luau 0.720)',
      source: 'GRAVESHIFT_LUAU_KIT',
    });
    const other = await writeProgram('other', script('console.log("rojo 7.7.0")'));
    await expect(installLuauKit(options({ GRAVESHIFT_LUAU_KIT: other }))).rejects.toThrow(
      /printed "rojo 7\.7\.0", which is not luau-kit's/,
    );
    await expect(createLuauTools(options({ GRAVESHIFT_LUAU_KIT: '/no/kit' }))).rejects.toMatchObject({
      kind: 'InvalidInput',
    });
  });

  it('that is not there is made up for, and the remedy is said', async () => {
    const tools = await createLuauTools(options());
    expect(tools).toMatchObject({ runtime: { name: 'luau-web', measuresCoverage: false } });
    expect(tools.checker).toBeUndefined();
    expect(tools.unchecked).toContain('graveshift tools install');

    await writeProgram('luau-lsp', script('console.log("1.69.0")'));
    const withLsp = await createLuauTools(options());
    expect(withLsp.checker).toMatchObject({
      name: 'luau-lsp',
      version: 'luau-lsp 1.69.0, @rbxts/types 1.0.954',
    });
    expect(withLsp.unchecked).toBeUndefined();
  });

  it('is built where another builder was killed', async () => {
    await fakeCargo();
    const lock = path.join(cacheDirectory, 'luau-kit', '.lock');
    await mkdir(lock, { recursive: true });
    // The lock of a process that died long ago.
    await utimes(lock, new Date(0), new Date(0));
    expect((await installLuauKit(options())).source).toBe('built');
  });
});

describe('graveshift tools', () => {
  const env = () => ({ PATH: bin, GRAVESHIFT_CACHE: cacheDirectory });

  it('installs what is asked for, with its progress on standard error', async () => {
    await fakeCargo();
    const { code, stdout, stderr } = await runCli(['tools', 'install', 'luau-kit', '--json'], { env: env() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      tools: [
        {
          name: 'luau-kit',
          found: {
            path: await cachedKitPath(cacheDirectory),
            version: '0.1.0 (Luau 0.720)',
            source: 'built',
          },
        },
      ],
    });
    expect(stderr).toContain('building luau-kit with cargo');
  });

  it('says what could not be installed, and fails', async () => {
    const { code, stdout } = await runCli(['tools', 'install', 'luau-kit'], { env: env() });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ luau-kit: .*cargo is not in PATH.*https:\/\/rustup\.rs/);
  });

  it('refuses a name that it does not know', async () => {
    const { code, stderr } = await runCli(['tools', 'install', 'rojo'], { env: env() });
    expect(code).toBe(64);
    expect(stderr).toContain('there is no tool "rojo" to install; expected luau-kit or temporal');
  });

  it('lists what is here, and how to get the rest', async () => {
    const before = await runCli(['tools', 'list'], { env: env() });
    expect(before.code).toBe(0);
    expect(before.stdout).toMatch(/· luau-kit +not here yet\n.*graveshift tools install/);
    await fakeCargo();
    await installLuauKit(options());
    const { stdout } = await runCli(['tools', 'list', '--json'], { env: env() });
    expect((JSON.parse(stdout) as { tools: { name: string }[] }).tools).toContainEqual({
      name: 'luau-kit',
      state: 'ok',
      found: `${(await cachedKitPath(cacheDirectory))!} (cache)`,
      version: '0.1.0 (Luau 0.720)',
    });
  });
});
