import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  prepareRobloxDefinitions,
  type RobloxDefinitionsOptions,
  robloxApiMetadataSchema,
} from '../../src/adapters/roblox-api/index.js';

/** A package of the shape of `@rbxts/types` with one service in it: the real one takes seconds to read. */
async function writePackage(folder: string, version: string): Promise<void> {
  const files = {
    'package.json': JSON.stringify({ name: '@rbxts/types', version }),
    'include/roblox.d.ts': 'declare function tick(): number;',
    'include/macro_math.d.ts': '',
    'include/generated/None.d.ts': `
      interface Services { Lamps: Lamps; }
      interface RBXObject { readonly _nominal_Object: unique symbol; readonly ClassName: string; }
      interface Instance extends RBXObject { readonly _nominal_Instance: unique symbol; Name: string; }
      interface Lamps extends Instance { readonly _nominal_Lamps: unique symbol; Light(this: Lamps, count?: number): void; }`,
    'include/generated/enums.d.ts': 'declare namespace Enum {}',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

describe('definitions in the cache', () => {
  let cacheDirectory: string;
  let options: RobloxDefinitionsOptions;
  beforeEach(async () => {
    cacheDirectory = await mkdtemp(path.join(tmpdir(), 'roblox-api-'));
    const packageFolder = path.join(cacheDirectory, 'package');
    await writePackage(packageFolder, '1.2.3');
    options = { cacheDirectory, packageFolder };
  });
  afterEach(async () => {
    await rm(cacheDirectory, { recursive: true, force: true });
  });

  it('are made once and found again', async () => {
    const first = await prepareRobloxDefinitions(options);
    const made = await stat(first.definitions);
    const second = await prepareRobloxDefinitions(options);
    expect(second.definitions).toBe(first.definitions);
    expect((await stat(second.definitions)).ino).toBe(made.ino);
  });

  it('say what they hold, and of which version they are', async () => {
    const { version, definitions, metadata, readApi } = await prepareRobloxDefinitions(options);
    expect(version).toBe('@rbxts/types 1.2.3');
    expect(await readFile(definitions, 'utf8')).toContain(
      'declare extern type Lamps extends Instance with\n\tfunction Light(self, count: number?): ()\nend',
    );
    const parsed = robloxApiMetadataSchema.parse(JSON.parse(await readFile(metadata, 'utf8')));
    expect(parsed).toMatchObject({ version, services: ['Lamps'], readonly: { Object: ['ClassName'] } });
    expect((await readApi()).services).toEqual(['Lamps']);
  });

  it('are made once for those who ask together', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => prepareRobloxDefinitions(options)));
    expect(new Set(answers.map(({ definitions }) => definitions)).size).toBe(1);
    const folder = path.dirname(answers[0]!.definitions);
    expect((await readdir(folder)).sort()).toEqual(['api.json', 'roblox.d.luau', 'roblox.json']);
  });

  it('are made anew for another generator, and for another package', async () => {
    const before = await prepareRobloxDefinitions({ ...options, generatorVersion: '1' });
    const generator = await prepareRobloxDefinitions({ ...options, generatorVersion: '2' });
    expect(generator.definitions).not.toBe(before.definitions);

    await writePackage(options.packageFolder!, '9.9.9');
    const after = await prepareRobloxDefinitions({ ...options, generatorVersion: '2' });
    expect(after.version).toBe('@rbxts/types 9.9.9');
    expect(path.basename(path.dirname(after.definitions))).toBe('9.9.9-2');
    expect(await readFile(after.definitions, 'utf8')).toContain('@rbxts/types 9.9.9');
  });

  it('are finished where a process died in the middle', async () => {
    const first = await prepareRobloxDefinitions(options);
    const whole = await readFile(first.definitions, 'utf8');
    await rm(path.join(path.dirname(first.definitions), 'api.json'));
    await writeFile(first.definitions, 'half a fi');
    await prepareRobloxDefinitions(options);
    expect(await readFile(first.definitions, 'utf8')).toBe(whole);
  });

  it('say what to do where the cache cannot be written', async () => {
    const blocked = path.join(cacheDirectory, 'file');
    await writeFile(blocked, '');
    const refused = prepareRobloxDefinitions({ ...options, cacheDirectory: blocked });
    await expect(refused).rejects.toThrow(/GRAVESHIFT_CACHE/);
  });
});
