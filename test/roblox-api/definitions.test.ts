import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { prepareRobloxDefinitions, robloxApiMetadataSchema } from '../../src/adapters/roblox-api/index.js';

const installed = path.dirname(createRequire(import.meta.url).resolve('@rbxts/types/package.json'));

describe('definitions in the cache', () => {
  let cacheDirectory: string;
  beforeEach(async () => {
    cacheDirectory = await mkdtemp(path.join(tmpdir(), 'roblox-api-'));
  });
  afterEach(async () => {
    await rm(cacheDirectory, { recursive: true, force: true });
  });

  it('are made once and found again', async () => {
    const first = await prepareRobloxDefinitions({ cacheDirectory });
    const made = await stat(first.definitions);
    const second = await prepareRobloxDefinitions({ cacheDirectory });
    expect(second.definitions).toBe(first.definitions);
    expect((await stat(second.definitions)).ino).toBe(made.ino);
    expect(first.version).toMatch(/^@rbxts\/types \d/);
    const metadata: unknown = JSON.parse(await readFile(first.metadata, 'utf8'));
    expect(robloxApiMetadataSchema.parse(metadata).version).toBe(first.version);
    expect((await first.readApi()).services).toContain('Players');
  });

  it('are made once for those who ask together', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => prepareRobloxDefinitions({ cacheDirectory })));
    expect(new Set(answers.map(({ definitions }) => definitions)).size).toBe(1);
    const folder = path.dirname(answers[0]!.definitions);
    // A second generation would have left its temporary files, or put new files in place of the first ones.
    expect((await readdir(folder)).sort()).toEqual(['api.json', 'roblox.d.luau', 'roblox.json']);
  });

  it('are made anew for another generator, and for another package', async () => {
    const packageFolder = path.join(cacheDirectory, 'package');
    await cp(installed, packageFolder, { recursive: true });
    const before = await prepareRobloxDefinitions({ cacheDirectory, packageFolder, generatorVersion: '1' });
    const generator = await prepareRobloxDefinitions({
      cacheDirectory,
      packageFolder,
      generatorVersion: '2',
    });
    expect(generator.definitions).not.toBe(before.definitions);

    await writeFile(path.join(packageFolder, 'package.json'), '{"name": "@rbxts/types", "version": "9.9.9"}');
    const after = await prepareRobloxDefinitions({ cacheDirectory, packageFolder, generatorVersion: '2' });
    expect(after.version).toBe('@rbxts/types 9.9.9');
    expect(path.basename(path.dirname(after.definitions))).toBe('9.9.9-2');
    expect(await readFile(after.definitions, 'utf8')).toContain('@rbxts/types 9.9.9');
  });

  it('are finished where a process died in the middle', async () => {
    const first = await prepareRobloxDefinitions({ cacheDirectory });
    const folder = path.dirname(first.definitions);
    await rm(path.join(folder, 'api.json'));
    await writeFile(first.definitions, 'half a fi');
    await prepareRobloxDefinitions({ cacheDirectory });
    expect((await readFile(first.definitions, 'utf8')).length).toBeGreaterThan(100_000);
  });

  it('say what to do where the cache cannot be written', async () => {
    const blocked = path.join(cacheDirectory, 'file');
    await writeFile(blocked, '');
    await expect(prepareRobloxDefinitions({ cacheDirectory: blocked })).rejects.toThrow(/GRAVESHIFT_CACHE/);
  });
});
