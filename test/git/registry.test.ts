import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createProjectRegistry, type ProjectRegistry } from '../../src/adapters/projects/registry.js';

let root: string;
let file: string;
let registry: ProjectRegistry;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'graveshift-registry-'));
  file = path.join(root, 'deep/projects.json');
  registry = createProjectRegistry({ file });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const invalid = (pattern: RegExp) => ({
  kind: 'InvalidInput',
  message: expect.stringMatching(pattern) as string,
});

describe('the list of projects', () => {
  it('keeps what is added, by absolute path or URL, and finds the only one without a name', async () => {
    await expect(registry.resolve(undefined)).rejects.toMatchObject(invalid(/graveshift project add/));
    const village = { name: 'village', repository: root };
    expect(await registry.add('village', path.relative(process.cwd(), root))).toEqual(village);
    expect(await createProjectRegistry({ file }).resolve(undefined)).toEqual(village);
    await registry.add('castle', 'git@example.com:studio/castle.git');
    await expect(registry.resolve(undefined)).rejects.toMatchObject(invalid(/one of: castle, village/));
    expect((await registry.list()).map(({ name }) => name)).toEqual(['castle', 'village']);
    await registry.remove('castle');
    expect(await registry.list()).toEqual([village]);
    await expect(registry.get('castle')).rejects.toMatchObject(invalid(/one of: village/));
  });

  it('takes the same project twice, and no other one by its name', async () => {
    await registry.add('village', root);
    await registry.add('village', root);
    await expect(registry.add('village', tmpdir())).rejects.toMatchObject(
      invalid(/graveshift project remove village/),
    );
  });

  it('loses none when many are added at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => createProjectRegistry({ file }).add(name, root)));
    expect((await registry.list()).map(({ name }) => name)).toEqual(names);
  });

  it('refuses an address with a credential, and does not repeat it', async () => {
    for (const address of [
      'https://mina:hunter2222@example.com/village.git',
      'https://hunter2222@example.com/village.git',
      'https://example.com/village.git?token=hunter2222',
    ]) {
      const failure: unknown = await registry.add('village', address).catch((error: unknown) => error);
      expect(failure).toMatchObject(invalid(/credential helper/));
      expect(String(failure)).not.toContain('hunter2222');
    }
    expect(await registry.list()).toEqual([]);
  });

  it.each(['', '--upload-pack=x', 'ext::sh -c x', 'no/such/folder', 'ftp://example.com/x'])(
    'refuses the address "%s"',
    async (address) => {
      await expect(registry.add('village', address)).rejects.toMatchObject(invalid(/repository: got/));
    },
  );

  it('refuses a bad name, and a file that somebody broke, which stays as it is', async () => {
    await expect(registry.add('My Game', root)).rejects.toMatchObject(invalid(/lower-case/));
    await registry.add('village', root);
    await writeFile(file, '{"version": 1,');
    await expect(registry.add('castle', root)).rejects.toMatchObject(invalid(/mend the JSON/));
    expect(await readFile(file, 'utf8')).toBe('{"version": 1,');
  });
});
