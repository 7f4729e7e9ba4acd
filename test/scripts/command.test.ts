import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const packageRoot = path.resolve(import.meta.dirname, '../..');

describe('the command graveshift', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'graveshift-command-'));
    await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
    await cp(path.join(packageRoot, 'bin'), path.join(root, 'bin'), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const run = (...programArguments: string[]) =>
    spawnSync(process.execPath, [path.join(root, 'bin', 'graveshift.js'), ...programArguments], {
      encoding: 'utf8',
    });

  it('passes its arguments on', async () => {
    await mkdir(path.join(root, 'dist'));
    await writeFile(
      path.join(root, 'dist', 'cli.js'),
      'export async function main(argv) { console.log(JSON.stringify(argv.slice(2))); }',
    );
    expect(JSON.parse(run('night', '3').stdout)).toEqual(['night', '3']);
  });

  it('says what to do where it was never built and cannot be', () => {
    const { status, stdout, stderr } = run('up');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/dist\/cli\.js is missing.*npm ci/s);
  });

  it('names the missing compiler where there are sources and no TypeScript', async () => {
    await cp(path.join(packageRoot, 'scripts'), path.join(root, 'scripts'), { recursive: true });
    await mkdir(path.join(root, 'src'));
    await writeFile(path.join(root, 'src', 'cli.ts'), '');
    await mkdir(path.join(root, 'node_modules'));
    await symlink(
      path.join(packageRoot, 'node_modules', 'proper-lockfile'),
      path.join(root, 'node_modules', 'proper-lockfile'),
      'junction',
    );
    const { status, stderr } = run('up');
    expect(status).toBe(1);
    expect(stderr).toMatch(/not built yet; building once.*TypeScript is not installed/s);
  });
});
