import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { git, message, Studio } from './fixtures.js';

function hasGitLfs(): boolean {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a project with large files', () => {
  // git-lfs is a program that a machine may lack; that pointers then stay as they are is proved elsewhere.
  it.skipIf(!hasGitLfs())('has the real bytes in a checkout, and pointers in Git', async () => {
    await using studio = await Studio.open();
    const picture = 'a large picture\n'.repeat(200);
    await git(studio.game, 'lfs', 'install', '--local');
    const base = await studio.commit({
      '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n',
      'art/a.png': picture,
    });
    expect(await git(studio.game, 'cat-file', 'blob', 'HEAD:art/a.png')).toMatch(
      /^version https:\/\/git-lfs/,
    );

    const night = await studio.changeSet({ 'src/shared/Night.luau': 'return 3\n' });
    const { commit } = await studio.activities.commitChangeSet({
      project: 'village',
      runId: 'run-1',
      baseCommit: base,
      ...night,
      message,
    });
    const built = await studio.projects.withWorktree('village', commit, (directory) =>
      readFile(path.join(directory, 'art/a.png'), 'utf8'),
    );
    expect(built).toBe(picture);
    expect(await git(studio.game, 'rev-parse', `${commit}:art/a.png`)).toBe(
      await git(studio.game, 'rev-parse', 'main:art/a.png'),
    );
  });
});
