import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ProjectBlob } from '../../src/adapters/git/index.js';
import { git, Studio } from './fixtures.js';

let studio: Studio;
beforeEach(async () => {
  studio = await Studio.open({ 'graveshift.json': '{}', 'src/One.luau': 'return 1\n' });
});
afterEach(() => studio[Symbol.asyncDispose]());

async function blobs(range: { since?: string; commit: string }, only?: (path: string) => boolean) {
  const found: (Omit<ProjectBlob, 'object' | 'bytes'> & { text: string })[] = [];
  const { visited } = await studio.projects.visitBlobs(
    'village',
    range,
    ({ paths, inTree, bytes }) => found.push({ paths, inTree, text: Buffer.from(bytes).toString() }),
    only && { only },
  );
  expect(visited).toBe(found.length);
  return found.sort((a, b) => (a.text < b.text ? -1 : 1));
}

describe('visitBlobs', () => {
  it('shows the tree, and what commits of the range brought and took away, also on merged branches', async () => {
    await studio.commit({ 'src/Old.luau': 'old\n' });
    await rm(path.join(studio.game, 'src/Old.luau'));
    const since = await studio.commit({ 'src/Two.luau': 'return 2\n' });
    await git(studio.game, 'checkout', '--quiet', '-b', 'side');
    await studio.commit({ 'src/Secret.luau': 'hush\n' });
    await rm(path.join(studio.game, 'src/Secret.luau'));
    await studio.commit({ 'a b/Ünlaut\tname.luau': 'return 2\n', 'empty.txt': '' });
    await git(studio.game, 'checkout', '--quiet', 'main');
    await studio.commit({ 'src/Two.luau': 'return 3\n' });
    await git(studio.game, 'merge', '--quiet', '--no-edit', 'side');
    const commit = await git(studio.game, 'rev-parse', 'HEAD');

    expect(await blobs({ since, commit })).toEqual([
      { paths: ['empty.txt'], inTree: true, text: '' },
      { paths: ['src/Secret.luau'], inTree: false, text: 'hush\n' },
      { paths: ['src/One.luau'], inTree: true, text: 'return 1\n' },
      { paths: ['a b/Ünlaut\tname.luau'], inTree: true, text: 'return 2\n' },
      { paths: ['src/Two.luau'], inTree: true, text: 'return 3\n' },
      { paths: ['graveshift.json'], inTree: true, text: '{}' },
    ]);
    expect((await blobs({ commit })).map(({ text }) => text)).toContain('old\n');
    expect(await blobs({ since: commit, commit }, (name) => name === 'src/One.luau')).toEqual([
      { paths: ['src/One.luau'], inTree: true, text: 'return 1\n' },
    ]);
  });

  it('visits equal bytes once, by all their paths, and bytes that are not text as they are', async () => {
    const commit = await studio.commit({ 'src/Twin.luau': 'return 1\n', 'x.bin': '\u0000\n\u0000blob 7\n' });
    const found = await blobs({ commit });
    expect(found.find(({ text }) => text === 'return 1\n')?.paths).toEqual(['src/One.luau', 'src/Twin.luau']);
    expect(found.map(({ text }) => text)).toContain('\u0000\n\u0000blob 7\n');
  });

  it.skipIf(process.platform === 'win32')('takes no link for a file', async () => {
    await symlink('../graveshift.json', path.join(studio.game, 'src/Link.luau'));
    const commit = await studio.commit({});
    expect(await blobs({ since: commit, commit }, (name) => name.endsWith('.luau'))).toHaveLength(1);
  });

  it('says which commit the repository does not have', async () => {
    const commit = await git(studio.game, 'rev-parse', 'HEAD');
    await expect(blobs({ since: 'a'.repeat(40), commit })).rejects.toMatchObject({ kind: 'SyncFailure' });
  });
});

describe('changedPaths', () => {
  it('names what differs, removed and renamed files too; everything without a beginning', async () => {
    const since = await studio.commit({
      'src/Two.luau': 'return 2\n',
      'src/Three.luau': 'a long enough text\n',
    });
    await rm(path.join(studio.game, 'src/Two.luau'));
    await git(studio.game, 'mv', 'src/Three.luau', 'src/Four.luau');
    const commit = await studio.commit({ 'docs/ä.md': 'x' });
    expect(await studio.projects.changedPaths('village', { since, commit })).toEqual([
      'docs/ä.md',
      'src/Four.luau',
      'src/Three.luau',
      'src/Two.luau',
    ]);
    expect(await studio.projects.changedPaths('village', { commit })).toEqual([
      'docs/ä.md',
      'graveshift.json',
      'src/Four.luau',
      'src/One.luau',
    ]);
  });
});
