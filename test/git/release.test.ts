import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { git, Studio } from './fixtures.js';

/** The game's remote is a bare repository here, as on a Git host; `studio.game` is a person's clone of it. */
describe('a release in Git', () => {
  let studio: Studio;
  let remote: string;

  beforeEach(async () => {
    studio = await Studio.open();
    remote = path.join(studio.root, 'remote.git');
    await git(studio.root, 'clone', '--quiet', '--bare', studio.game, remote);
    await git(studio.game, 'remote', 'add', 'origin', remote);
    await studio.registry.remove('village');
    await studio.registry.add('village', remote);
  });
  afterEach(() => studio[Symbol.asyncDispose]());

  const tip = (ref: string) => git(remote, 'rev-parse', ref);
  const show = (ref: string, file: string) => git(remote, 'show', `${ref}:${file}`);
  const branch = (name: string, from = 'HEAD') => git(studio.game, 'checkout', '--quiet', '-B', name, from);
  const push = (...refs: string[]) => git(studio.game, 'push', '--quiet', 'origin', ...refs);
  /** A person's commit on the branch that is checked out. */
  const commit = async (files: Record<string, string>, message: string) => {
    const id = await studio.commit(files, message);
    await push('HEAD');
    return id;
  };
  /** main at the first commit; next with a night on top of it. */
  const stageNight = async () => {
    const start = await tip('main');
    await branch('graveshift/next');
    const night = await commit(
      { 'src/server/night-1.luau': 'return 1\n', 'src/shared/Game.luau': 'return { night = 1 }\n' },
      'feat(night-1): add horror night 1',
    );
    return { start, night };
  };
  const promotion = (id: string, more: { expectedMain?: string; tag?: string } = {}) => ({
    commit: id,
    mainBranch: 'main',
    expectedMain: more.expectedMain,
    tag: more.tag ?? 'v1.0.0',
    tagMessage: 'Release 1.0.0 of village\n\nManifest: abc',
  });
  const promote = (id: string, more: Parameters<typeof promotion>[1] = {}) =>
    studio.projects.promoteToMain('village', promotion(id, more));
  const protectMain = async (pattern = 'refs/heads/main') => {
    const hook = path.join(remote, 'hooks', 'update');
    await writeFile(
      hook,
      `#!/bin/sh\nif [ "$1" = "${pattern}" ]; then echo "protected branch: $1 takes pull requests only" >&2; exit 1; fi\n`,
    );
    await chmod(hook, 0o755);
    return () => writeFile(hook, '#!/bin/sh\nexit 0\n');
  };

  describe('promoteToMain', () => {
    it('fast-forwards main and makes an annotated tag, once', async () => {
      const { start, night } = await stageNight();
      for (let turn = 0; turn < 2; turn++) {
        expect(await promote(night, { expectedMain: start })).toEqual({ main: night, tag: 'v1.0.0' });
      }
      expect(await tip('main')).toBe(night);
      expect(await git(remote, 'cat-file', '-t', 'v1.0.0')).toBe('tag');
      expect(await git(remote, 'tag', '-l', '--format=%(contents)', 'v1.0.0')).toContain('Manifest: abc');
      expect(await tip('v1.0.0^{commit}')).toBe(night);
      // Somebody goes on working: asked again it still says that main has it.
      await branch('main', 'graveshift/next');
      const later = await commit({ 'notes.md': 'later\n' }, 'Take notes');
      expect(await promote(night, { expectedMain: start })).toEqual({ main: later, tag: 'v1.0.0' });
    });

    it('names both commits when main moved, and changes nothing', async () => {
      const { start, night } = await stageNight();
      await branch('main', start);
      const hotfix = await commit({ 'fix.luau': 'return 0\n' }, 'Fix in a hurry');
      const failure = promote(night, { expectedMain: start });
      await expect(failure).rejects.toMatchObject({ kind: 'SyncFailure' });
      await expect(failure).rejects.toThrow(start.slice(0, 12));
      await expect(failure).rejects.toThrow(hotfix.slice(0, 12));
      await expect(promote(night)).rejects.toThrow(/did not grow from/);
      expect(await tip('main')).toBe(hotfix);
      expect(await git(remote, 'tag')).toBe('');
    });

    it('leaves a tag of the game alone', async () => {
      const { start, night } = await stageNight();
      await git(remote, 'tag', 'v1.0.0', start);
      await expect(promote(night)).rejects.toMatchObject({
        kind: 'SyncFailure',
        message: expect.stringContaining('v1.0.0 names') as string,
      });
      expect(await tip('main')).toBe(start);
      expect(await promote(night, { tag: 'v1.1.0' })).toEqual({ main: night, tag: 'v1.1.0' });
    });

    it('proposes the release on a branch where main is protected, and tags what a person merged', async () => {
      const { start, night } = await stageNight();
      const unprotect = await protectMain();
      for (let turn = 0; turn < 2; turn++) {
        await expect(promote(night, { expectedMain: start })).rejects.toMatchObject({
          kind: 'SyncFailure',
          message: expect.stringMatching(
            /open a pull request from graveshift\/release-v1\.0\.0 into main/,
          ) as string,
          details: { proposal: 'graveshift/release-v1.0.0' },
        });
      }
      expect(await tip('graveshift/release-v1.0.0')).toBe(night);
      expect(await tip('main')).toBe(start);
      expect(await git(remote, 'tag')).toBe('');

      await unprotect();
      await branch('main', start);
      await git(studio.game, 'merge', '--quiet', '--no-ff', '-m', 'Merge pull request 1', night);
      await push('main');
      await protectMain();
      const merged = await tip('main');
      expect(await promote(night, { expectedMain: start })).toEqual({ main: merged, tag: 'v1.0.0' });
      expect(await git(remote, 'branch', '--list', 'graveshift/release-*')).toBe('');
    });

    it('proposes it also where a person has main checked out', async () => {
      const { start, night } = await stageNight();
      await studio.registry.remove('village');
      await studio.registry.add('village', studio.game);
      await branch('main', start);
      await expect(promote(night)).rejects.toThrow(/git merge --ff-only graveshift\/release-v1\.0\.0/);
      await git(studio.game, 'merge', '--quiet', '--ff-only', 'graveshift/release-v1.0.0');
      expect(await promote(night)).toEqual({ main: night, tag: 'v1.0.0' });
    });

    it('does not call a release promoted that main takes back', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      await revert({ good: start, bad: night, branches: ['main'] });
      await expect(promote(night, { tag: 'v1.0.1' })).rejects.toMatchObject({
        kind: 'SyncFailure',
        message: expect.stringContaining('takes its') as string,
      });
    });
  });

  const revert = ({
    good,
    bad,
    branches = ['main', 'graveshift/next'],
    runId = 'rescue-1',
  }: {
    good: string;
    bad: string;
    branches?: string[];
    runId?: string;
  }) => studio.projects.revertTo('village', { runId, branches, good, bad, reason: 'servers\ncrash' });

  describe('revertTo', () => {
    it('reverts the newest first, with trailers, once, and keeps both lines in step', async () => {
      const { start, night } = await stageNight();
      const second = await commit(
        { 'src/shared/Game.luau': 'return { night = 2 }\n' },
        'feat(night-2): more',
      );
      await promote(second);
      const first = await revert({ good: start, bad: second });
      const main = await tip('main');
      expect(first).toEqual([
        { branch: 'main', tip: main, reverted: [second, night] },
        { branch: 'graveshift/next', tip: main, reverted: [second, night] },
      ]);
      expect(await git(remote, 'diff', '--stat', start, 'main')).toBe('');
      const log = await git(remote, 'log', '--format=%s|%(trailers:separator=%x2C)', `${second}..main`);
      expect(log.split('\n')).toEqual([
        `revert: feat(night-1): add horror night 1|Graveshift-Run: rescue-1,Graveshift-Reverts: ${night}`,
        `revert: feat(night-2): more|Graveshift-Run: rescue-1,Graveshift-Reverts: ${second}`,
      ]);
      expect(await git(remote, 'log', '-1', '--format=%b', 'main')).toContain('servers crash');
      // Asked twice, and by another rollback at the same time: nothing is reverted back.
      expect(await revert({ good: start, bad: second })).toEqual(first);
      expect(await revert({ good: start, bad: second, runId: 'rescue-2' })).toEqual(first);
    });

    it('keeps what people did since, and lets the staging line be released later', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      await commit({ 'src/server/night-2.luau': 'return 2\n' }, 'feat(night-2): staged, not released');
      const [main, next] = await revert({ good: start, bad: night });
      expect(main?.reverted).toEqual([night]);
      expect(next?.reverted).toEqual([night]);
      expect(await git(remote, 'ls-tree', '--name-only', 'graveshift/next:src/server')).toBe(
        'init.server.luau\nnight-2.luau',
      );
      // The reverts came by a merge, so that main can still be fast-forwarded to what is staged next.
      const released = await promote(await tip('graveshift/next'), { tag: 'v1.0.1' });
      expect(released.main).toBe(await tip('graveshift/next'));
    });

    it('takes back a second release on top of the first rollback, whose reverts and page stay', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      await revert({ good: start, bad: night });
      await git(studio.game, 'fetch', '--quiet', 'origin');
      await branch('main', 'origin/main');
      await commit({ 'docs/post-mortems/night-1.md': 'It crashed.\n' }, 'docs(post-mortem): tell it');
      await branch('graveshift/next', 'main');
      const second = await commit({ 'src/server/night-2.luau': 'return 2\n' }, 'feat(night-2): more');
      await promote(second, { tag: 'v1.1.0' });
      const [main, next] = await revert({ good: start, bad: second, runId: 'rescue-2' });
      expect(main).toEqual({ branch: 'main', tip: await tip('main'), reverted: [second, night] });
      expect(next).toEqual({ ...main, branch: 'graveshift/next' });
      expect(await git(remote, 'diff', '--name-only', start, 'main')).toBe('docs/post-mortems/night-1.md');
    });

    it('takes back what was staged before the first rollback, whose reverts came by merges', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      const second = await commit({ 'src/server/night-2.luau': 'return 2\n' }, 'feat(night-2): more');
      await revert({ good: start, bad: night });
      await git(studio.game, 'fetch', '--quiet', 'origin');
      await branch('main', 'origin/main');
      await commit({ 'docs/post-mortems/night-1.md': 'It crashed.\n' }, 'docs(post-mortem): tell it');
      await studio.projects.joinBranch('village', {
        runId: 'rescue-1',
        from: 'main',
        into: 'graveshift/next',
      });
      const released = await tip('graveshift/next');
      await promote(released, { tag: 'v1.1.0' });
      const branches = await revert({ good: start, bad: released, runId: 'rescue-2' });
      expect(branches.map(({ reverted }) => reverted)).toEqual([
        [second, night],
        [second, night],
      ]);
      expect(await git(remote, 'diff', '--name-only', start, 'main')).toBe('docs/post-mortems/night-1.md');
    });

    it('settles changes of other lines of the same file, and keeps modes', async () => {
      const lines = Array.from({ length: 20 }, (_, index) => `-- line ${index}`);
      await branch('main');
      const start = await commit({ 'src/shared/Long.luau': lines.join('\n') }, 'Long file');
      const bad = await commit(
        { 'src/shared/Long.luau': lines.with(2, '-- bad').join('\n') },
        'feat: bad line',
      );
      await commit(
        { 'src/shared/Long.luau': lines.with(2, '-- bad').with(15, '-- good').join('\n') },
        'fix: good line',
      );
      await git(studio.game, 'update-index', '--chmod=+x', 'src/shared/Long.luau');
      await git(studio.game, 'commit', '--quiet', '-m', 'Make it a program');
      await push('HEAD');
      await revert({ good: start, bad, branches: ['main'] });
      expect(await show('main', 'src/shared/Long.luau')).toBe(lines.with(15, '-- good').join('\n'));
      expect(await git(remote, 'ls-tree', 'main', 'src/shared/Long.luau')).toMatch(/^100755/);
    });

    it('names the files of a conflict and pushes nothing, also not on the other branch', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      await commit({ 'src/shared/Game.luau': 'return { night = 1, lamps = 9 }\n' }, 'Add lamps');
      const before = [await tip('main'), await tip('graveshift/next')];
      await expect(revert({ good: start, bad: night })).rejects.toMatchObject({
        kind: 'SyncFailure',
        message: expect.stringContaining('src/shared/Game.luau') as string,
        details: { files: ['src/shared/Game.luau'], branch: 'graveshift/next' },
      });
      expect([await tip('main'), await tip('graveshift/next')]).toEqual(before);
    });

    it('takes a merge back by the line that it went into, and leaves what a person reverted', async () => {
      await branch('main');
      const start = await tip('main');
      await branch('feature');
      await studio.commit({ 'src/shared/A.luau': 'return 1\n' }, 'feat: a');
      await studio.commit({ 'src/shared/B.luau': 'return 2\n' }, 'feat: b');
      await branch('main', 'main');
      await git(studio.game, 'merge', '--quiet', '--no-ff', '-m', 'Merge feature', 'feature');
      const merge = await git(studio.game, 'rev-parse', 'HEAD');
      const bad = await commit({ 'src/shared/C.luau': 'return 3\n' }, 'feat: c');
      await git(studio.game, 'revert', '--no-edit', bad);
      await push('HEAD');
      const [main] = await revert({ good: start, bad, branches: ['main', 'absent'] });
      expect(main?.reverted).toEqual([bad, merge]);
      expect(
        await git(remote, 'log', '--format=%(trailers:key=Graveshift-Reverts,valueonly)', `${bad}..main`),
      ).toBe(merge);
      expect(await git(remote, 'diff', '--stat', start, 'main')).toBe('');
    });

    it('proposes the reverts where main is protected', async () => {
      const { start, night } = await stageNight();
      await promote(night);
      const unprotect = await protectMain();
      const failure = revert({ good: start, bad: night });
      await expect(failure).rejects.toThrow(/pull request from graveshift\/revert-rescue-1 into main/);
      expect(await git(remote, 'diff', '--stat', start, 'graveshift/revert-rescue-1')).toBe('');
      await unprotect();
      await branch('main', night);
      await git(studio.game, 'fetch', '--quiet', 'origin');
      await git(
        studio.game,
        'merge',
        '--quiet',
        '--no-ff',
        '-m',
        'Merge',
        'origin/graveshift/revert-rescue-1',
      );
      await push('main');
      await protectMain();
      const branches = await revert({ good: start, bad: night });
      expect(branches).toMatchObject([{ reverted: [night] }, { tip: await tip('main'), reverted: [night] }]);
      expect(await git(remote, 'branch', '--list', 'graveshift/revert-*')).toBe('');
    });

    it('reverts nothing that is not there, and refuses histories that have nothing to do with each other', async () => {
      const { start, night } = await stageNight();
      expect(await revert({ good: night, bad: start })).toMatchObject([{ reverted: [] }, { reverted: [] }]);
      expect(await revert({ good: start, bad: night, branches: ['main'] })).toEqual([
        { branch: 'main', tip: start, reverted: [] },
      ]);
      await branch('main', start);
      const other = await commit({ 'other.luau': '' }, 'Other work');
      await expect(revert({ good: other, bad: night })).rejects.toMatchObject({ kind: 'SyncFailure' });
      await expect(revert({ good: '0'.repeat(40), bad: night })).rejects.toThrow('has no commit');
    });
  });

  it('finds commits by every name, and says what one lacks of another', async () => {
    const { start, night } = await stageNight();
    await git(remote, 'tag', 'night-1', night);
    const expected = { commit: night, tree: await tip(`${night}^{tree}`), branches: ['graveshift/next'] };
    for (const name of [night, night.slice(0, 9), 'night-1', 'graveshift/next']) {
      expect(await studio.projects.findCommit('village', name)).toEqual(expected);
    }
    for (const name of ['night-9', 'night-*', '0'.repeat(40), '', 'v1 ']) {
      expect(await studio.projects.findCommit('village', name)).toBeUndefined();
    }
    expect(await studio.projects.treeOf('village', night)).toBe(expected.tree);
    expect(await studio.projects.tags('village')).toEqual([{ name: 'night-1', commit: night }]);
    expect(await studio.projects.isAncestor('village', start, night)).toBe(true);
    expect(await studio.projects.isAncestor('village', night, start)).toBe(false);
    expect(await studio.projects.isAncestor('village', '0'.repeat(40), start)).toBe(false);
    expect(await studio.projects.commitsMissing('village', start, night)).toEqual([night]);
    expect(await studio.projects.commitsMissing('village', night, start)).toEqual([]);
  });
});
