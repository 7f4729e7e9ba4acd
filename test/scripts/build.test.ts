import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { build } from '../../scripts/lib/build.mjs';

const packageRoot = path.resolve(import.meta.dirname, '../..');

describe('the build', () => {
  let root: string;

  const write = async (name: string, content: string) => {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  };
  const read = (name: string) => readFile(path.join(root, name), 'utf8');
  const run = () => build(root, { log: () => undefined });

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'graveshift-build-'));
    await symlink(path.join(packageRoot, 'node_modules'), path.join(root, 'node_modules'), 'junction');
    for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package.json']) {
      await write(name, await readFile(path.join(packageRoot, name), 'utf8'));
    }
    await write('src/domain/greeting.ts', `export const greeting = 'good night';\n`);
    await write(
      'src/workflows/index.ts',
      `import { sleep } from '@temporalio/workflow';\nimport { greeting } from '../domain/greeting.js';\n` +
        `export async function greet(): Promise<string> {\n  await sleep(1);\n  return greeting;\n}\n`,
    );
    await write('src/notes.json', '{"kept": true}');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('compiles, copies what is not TypeScript, bundles, and does nothing when nothing changed', async () => {
    expect(await run()).toEqual({ compiled: true, bundled: true });
    expect(await read('dist/notes.json')).toBe('{"kept": true}');
    expect(await run()).toEqual({ compiled: false, bundled: false });

    // The SDK reads the source map from its comment to the very end of the file.
    const bundle = await read('dist/workflow-bundle.js');
    const sourceMap = bundle.slice(bundle.lastIndexOf('//# sourceMappingURL=data:')).split('base64,')[1]!;
    expect(JSON.parse(Buffer.from(sourceMap, 'base64').toString())).toHaveProperty('mappings');
    expect(bundle).toContain('good night');
    expect((await readdir(path.join(root, 'dist'))).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });

  it('bundles again only when what goes into the bundle changed', async () => {
    await run();
    await write('src/cli.ts', 'export const commands = 1;\n');
    expect(await run()).toEqual({ compiled: true, bundled: false });
    await write('src/domain/greeting.ts', `export const greeting = 'sleep well';\n`);
    expect(await run()).toEqual({ compiled: true, bundled: true });
    expect(await read('dist/workflow-bundle.js')).toContain('sleep well');
  });

  it('makes what somebody removed again, and removes what has no source any more', async () => {
    await write('src/old/gone.ts', 'export const old = 1;\n');
    await run();
    await rm(path.join(root, 'dist', 'domain', 'greeting.js'));
    await rm(path.join(root, 'src', 'old'), { recursive: true });
    await run();
    expect(await read('dist/domain/greeting.js')).toContain('good night');
    expect(existsSync(path.join(root, 'dist', 'old'))).toBe(false);
  });

  it('fails on a type error each time until it is mended', async () => {
    await write('src/domain/greeting.ts', `export const greeting: number = 'good night';\n`);
    await expect(run()).rejects.toThrow('compiler found');
    await expect(run()).rejects.toThrow('compiler found');
    expect(existsSync(path.join(root, 'dist', 'workflow-bundle.js'))).toBe(false);
    await write('src/domain/greeting.ts', `export const greeting = 'mended';\n`);
    expect(await run()).toEqual({ compiled: true, bundled: true });
  });

  it('lets two builds at once take turns', async () => {
    const results = await Promise.all([run(), run()]);
    expect(results.filter(({ compiled, bundled }) => compiled && bundled)).toHaveLength(1);
    expect(results.filter(({ compiled, bundled }) => !compiled && !bundled)).toHaveLength(1);
  });

  it('builds a checkout that has no workflows', async () => {
    await rm(path.join(root, 'src', 'workflows'), { recursive: true });
    expect(await run()).toEqual({ compiled: true, bundled: false });
  });
});
