import { EventEmitter, once } from 'node:events';
import { readFile, readdir, symlink, writeFile, chmod } from 'node:fs/promises';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { config, git, gameFiles, rojoProject, Studio } from './fixtures.js';

let studio: Studio;
beforeEach(async () => {
  studio = await Studio.open();
});
afterEach(() => studio[Symbol.asyncDispose]());

const nightFiles = { 'src/shared/Graveshift/Night3.luau': 'return { night = 3 }\n' };

describe('commitChangeSet', () => {
  it('commits on the branch of the run, by trailers, and leaves a dirty work tree as it is', async () => {
    await studio.write({ 'src/shared/Game.luau': 'return { unsaved = true }\n', 'notes.txt': 'mine' });
    const before = await git(studio.game, 'status', '--porcelain');
    const base = await git(studio.game, 'rev-parse', 'main');

    const committed = await studio.commitNight('run-1', nightFiles);

    expect(committed).toMatchObject({
      branch: 'graveshift/run-1',
      stat: { files: 1, insertions: 1, deletions: 0 },
    });
    expect(await git(studio.game, 'rev-parse', 'graveshift/run-1', 'graveshift/run-1^')).toBe(
      `${committed.commit}\n${base}`,
    );
    const text = await git(studio.game, 'log', '-1', '--format=%an <%ae>%n%B', committed.commit);
    const { digest } = await studio.changeSet(nightFiles);
    expect(text).toBe(
      `Graveshift <graveshift@localhost>\nfeat(night-3): add horror night 3\n\nNight logic, map and asset ids.\n\n` +
        `Graveshift-Run: run-1\nGraveshift-Change: ${digest}`,
    );
    expect(await git(studio.game, 'status', '--porcelain')).toBe(before);
    expect(await git(studio.game, 'show', `${committed.commit}:src/shared/Game.luau`)).toBe('return {}');
    expect(await git(studio.game, 'rev-parse', 'main')).toBe(base);
  });

  it('commits once when it is asked twice, also by a worker whose clone is new', async () => {
    const first = await studio.commitNight('run-1', nightFiles);
    const again = await studio.commitNight('run-1', nightFiles);
    const { digest, changeSet } = await studio.changeSet(nightFiles);
    expect(changeSet.bytes).toBeGreaterThan(0);
    const elsewhere = await studio.newWorker('other-machine').commitChangeSet('village', {
      runId: 'run-1',
      baseCommit: (await studio.snapshot()).baseCommit,
      changeSet: { files: {}, removals: [] },
      digest,
      message: { type: 'feat', scope: 'night-3', subject: 'again', body: '' },
      content: () => Promise.reject(new Error('nothing is to be read')),
    });
    expect([again, elsewhere]).toEqual([first, first]);
    expect(await git(studio.game, 'rev-list', '--count', 'main..graveshift/run-1')).toBe('1');
  });

  it('puts a second change of a run over the first one, with the tree that was checked', async () => {
    const first = await studio.commitNight('run-1', nightFiles);
    const second = await studio.commitNight('run-1', { 'src/shared/Other.luau': 'return 1\n' });
    expect(await git(studio.game, 'rev-parse', `${second.commit}^`)).toBe(first.commit);
    const names = await git(studio.game, 'ls-tree', '-r', '--name-only', second.commit, 'src/shared');
    expect(names.split('\n')).toEqual(['src/shared/Game.luau', 'src/shared/Other.luau']);
  });

  it('keeps the mode of an executable, removes what is to be removed, and changes nothing else', async () => {
    await studio.write({ 'tools/run.luau': 'return 1\n' });
    await chmod(path.join(studio.game, 'tools/run.luau'), 0o755);
    await studio.commit({ 'old.luau': 'return 0\n' });
    const { commit } = await studio.commitNight('run-1', { 'tools/run.luau': 'return 2\n' }, ['old.luau']);
    expect(await git(studio.game, 'diff', '--raw', '--abbrev=4', 'main', commit)).toMatch(
      /^:100644 000000 \w+ 0+ D\told\.luau\n:100755 100755 \w+ \w+ M\ttools\/run\.luau$/,
    );
  });

  it('leaves LFS pointers intact, and refuses to write a plain file where LFS has its own', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12345\n`;
    await studio.commit({
      '.gitattributes': '*.png filter=lfs diff=lfs merge=lfs -text\n',
      'art/a.png': pointer,
    });
    const { commit } = await studio.commitNight('run-1', nightFiles);
    expect(await git(studio.game, 'show', `${commit}:art/a.png`)).toBe(pointer.trim());

    await expect(studio.commitNight('run-2', { 'art/b.png': 'not a pointer' })).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringMatching(/art\/b\.png: got 13 bytes, .*LFS.*-filter/) as string,
    });
    expect((await studio.commitNight('run-3', { 'art/c.png': pointer })).stat.files).toBe(1);
    await studio.projects.withWorktree('village', commit, async (directory) => {
      expect(await readFile(path.join(directory, 'art/a.png'), 'utf8')).toBe(pointer);
    });
  });

  it('never writes through a symlink, nor a file where a folder is, nor a second spelling', async () => {
    await symlink('..', path.join(studio.game, 'src/out'));
    await studio.commit({});
    for (const [file, reason] of [
      ['src/out/escaped.luau', 'src/out is a symlink'],
      ['src/out', 'src/out is a symlink'],
      ['src/shared', 'a folder in the project'],
      ['src/shared/Game.luau/x', 'src/shared/Game.luau is a file'],
      ['src/Shared/New.luau', 'src/shared differs only by case'],
    ] as const) {
      await expect(studio.commitNight('run-1', { [file]: 'x' })).rejects.toMatchObject({
        kind: 'InvalidInput',
        message: expect.stringContaining(reason) as string,
      });
    }
    await expect(studio.commitNight('run-1', { '../out.luau': 'x' })).rejects.toMatchObject({
      kind: 'InvalidInput',
    });
    expect(await git(studio.game, 'branch', '--list', 'graveshift/*')).toBe('');
  });

  it('says what a remote says that rejects the push, and passes when it does no more', async () => {
    const hook = path.join(studio.game, '.git/hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "no nights on Fridays" >&2\nexit 1\n', { mode: 0o755 });
    await expect(studio.commitNight('run-1', nightFiles)).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringMatching(/rejected the push.*no nights on Fridays.*To mend it/s) as string,
    });
    await writeFile(hook, '#!/bin/sh\nexit 0\n');
    expect((await studio.commitNight('run-1', nightFiles)).branch).toBe('graveshift/run-1');
  });

  it('lets runs commit at the same time, from two workers that share their clones', async () => {
    const { baseCommit } = await studio.snapshot();
    const workers = [studio.projects, studio.newWorker()];
    const runs = ['a', 'b', 'c', 'd'];
    const content = () => Promise.resolve(Buffer.from('return 1\n'));
    const artifact = await studio.artifacts.put(Buffer.from('return 1\n'), 'text/plain');
    const commits = await Promise.all(
      runs.map((runId, index) =>
        (workers[index % 2] ?? studio.projects).commitChangeSet('village', {
          runId,
          baseCommit,
          changeSet: { files: { [`src/shared/${runId}.luau`]: artifact }, removals: [] },
          digest: runId.repeat(64),
          message: { type: 'feat', scope: 'night-3', subject: `add ${runId}`, body: '' },
          content,
        }),
      ),
    );
    expect(new Set(commits.map(({ commit }) => commit)).size).toBe(4);
    const branches = await git(studio.game, 'branch', '--list', 'graveshift/*', '--format=%(refname:short)');
    expect(branches.split('\n')).toEqual(runs.map((runId) => `graveshift/${runId}`));
  });
});

describe('promoteToStaging and discardRun', () => {
  const promote = async (runId: string, commit: string, expectedNext?: string) =>
    await studio.activities.promoteToStaging({
      project: 'village',
      runId,
      commit,
      ...(expectedNext !== undefined && { expectedNext }),
      nextBranch: 'graveshift/next',
      tag: 'night-3',
      tagMessage: 'Night 3, staged',
    });
  const refs = async () =>
    await git(studio.game, 'for-each-ref', '--format=%(refname) %(objecttype)', 'refs/heads', 'refs/tags');

  it('makes night-3, then night-3.2, once each, and removes the branch of the run', async () => {
    const first = await studio.commitNight('run-1', nightFiles);
    const staged = { tag: 'night-3', next: first.commit };
    expect(await promote('run-1', first.commit)).toEqual(staged);
    expect(await promote('run-1', first.commit)).toEqual(staged);

    const second = await studio.commitNight('run-2', { 'src/shared/B.luau': 'return 2\n' });
    expect(await git(studio.game, 'rev-parse', `${second.commit}^`)).toBe(first.commit);
    const again = { tag: 'night-3.2', next: second.commit };
    expect(await promote('run-2', second.commit, first.commit)).toEqual(again);
    expect(await promote('run-2', second.commit, first.commit)).toEqual(again);
    // The first one asked again, after staging has moved on.
    expect(await promote('run-1', first.commit)).toEqual(staged);
    expect(await refs()).toBe(
      [
        'refs/heads/graveshift/next commit',
        'refs/heads/main commit',
        'refs/tags/night-3 tag',
        'refs/tags/night-3.2 tag',
      ].join('\n'),
    );
    expect(await git(studio.game, 'tag', '-l', 'night-3', '--format=%(contents:subject)')).toBe(
      'Night 3, staged',
    );
  });

  it('changes nothing when staging moved, and says so', async () => {
    const mine = await studio.commitNight('run-1', nightFiles);
    const theirs = await studio.commitNight('run-2', { 'src/shared/B.luau': 'return 2\n' });
    await promote('run-2', theirs.commit);
    const before = await refs();
    await expect(promote('run-1', mine.commit)).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringContaining('moved while the run worked') as string,
    });
    await expect(promote('run-1', mine.commit, theirs.commit)).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringContaining('never forces') as string,
    });
    expect(await refs()).toBe(before);
  });

  it('moves all or nothing when the remote rejects the tag', async () => {
    const { commit } = await studio.commitNight('run-1', nightFiles);
    await writeFile(
      path.join(studio.game, '.git/hooks/update'),
      '#!/bin/sh\ncase "$1" in refs/tags/*) echo "tags are for the lead" >&2; exit 1;; esac\n',
      { mode: 0o755 },
    );
    const before = await refs();
    await expect(promote('run-1', commit)).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringContaining('tags are for the lead') as string,
    });
    expect(await refs()).toBe(before);
  });

  it('names the remedy when somebody has the staging branch checked out', async () => {
    const first = await studio.commitNight('run-1', nightFiles);
    await promote('run-1', first.commit);
    await git(studio.game, 'switch', '--quiet', 'graveshift/next');
    const second = await studio.commitNight('run-2', { 'src/shared/B.luau': 'return 2\n' });
    await expect(promote('run-2', second.commit, first.commit)).rejects.toMatchObject({
      kind: 'SyncFailure',
      message: expect.stringMatching(/has the branch checked out.*updateInstead/s) as string,
    });
  });

  it('starts from main again when that holds all of staging', async () => {
    const { commit } = await studio.commitNight('run-1', nightFiles);
    await promote('run-1', commit);
    expect(await studio.snapshot()).toMatchObject({ baseCommit: commit, nextCommit: commit });
    await git(studio.game, 'merge', '--quiet', '--ff-only', 'graveshift/next');
    const work = await studio.commit({ 'src/shared/Human.luau': 'return 1\n' });
    expect(await studio.snapshot()).toMatchObject({ baseCommit: work, nextCommit: commit });
  });

  it('discards a run, and keeps the tag of a night that was staged', async () => {
    const { commit } = await studio.commitNight('run-1', nightFiles);
    await git(studio.game, 'tag', 'night-3', commit);
    const run = { project: 'village', runId: 'run-1', tag: 'night-3', commit };
    await studio.activities.discardRun(run);
    await studio.activities.discardRun(run);
    expect(await refs()).toBe('refs/heads/main commit');

    const staged = await studio.commitNight('run-2', nightFiles);
    await promote('run-2', staged.commit);
    await studio.activities.discardRun({ ...run, runId: 'run-2', commit: staged.commit });
    expect(await refs()).toContain('refs/tags/night-3 tag');
  });
});

describe('snapshotProject', () => {
  const rejects = async (
    pattern: RegExp,
    input: Partial<{ project: string; environment: string; place: string }> = {},
  ) =>
    await expect(
      studio.activities.snapshotProject({ environment: 'staging', place: 'start', ...input }),
    ).rejects.toMatchObject({ kind: 'InvalidInput', message: expect.stringMatching(pattern) as string });

  it('reads config and target at the commit, not in the work tree', async () => {
    await studio.write({ 'graveshift.json': 'unsaved rubbish' });
    const snapshot = await studio.snapshot();
    expect(snapshot).toMatchObject({
      name: 'village',
      baseCommit: await git(studio.game, 'rev-parse', 'main'),
      target: { environment: 'staging', placeId: '2', rojoProject: 'default.project.json' },
    });
    expect(snapshot).not.toHaveProperty('nextCommit');
  });

  it.each([
    [
      'a missing graveshift.json',
      { 'graveshift.json': undefined },
      /graveshift\.json: got nothing.*graveshift init/s,
    ],
    ['a broken one', { 'graveshift.json': '{"name": ' }, /graveshift\.json: got text that is not JSON/],
    [
      'an unknown key',
      { 'graveshift.json': JSON.stringify({ ...config, aprovals: {} }) },
      /did you mean "approvals"/,
    ],
    [
      'another name',
      { 'graveshift.json': JSON.stringify({ ...config, name: 'castle' }) },
      /name: got "castle".*"village"/s,
    ],
    [
      'a branch that is not there',
      { 'graveshift.json': JSON.stringify({ ...config, branches: { main: 'trunk' } }) },
      /branches\.main: got "trunk".*\(main\)/s,
    ],
    ['no Rojo project file', { 'default.project.json': undefined }, /project: got "default\.project\.json"/],
    [
      'a broken Rojo project file',
      { 'default.project.json': '{\n"tree": {]}' },
      /default\.project\.json: got .* in line 2/,
    ],
    [
      'a missing folder',
      { 'src/server/init.server.luau': undefined },
      /tree\.ServerScriptService\.Server\.\$path: got "src\/server"/,
    ],
    [
      'a folder outside of the project',
      { 'default.project.json': JSON.stringify({ name: 'x', tree: { $path: '../elsewhere' } }) },
      /leads out of the project/,
    ],
  ])('refuses %s', async (_what, changes: Record<string, string | undefined>, pattern) => {
    await git(studio.game, 'rm', '-rq', '.');
    const files = Object.entries({ ...gameFiles, ...changes });
    await studio.commit(
      Object.fromEntries(files.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    );
    await rejects(pattern);
  });

  it('lets optional paths, nested projects, comments, and what preparation makes be', async () => {
    const nested = { name: 'lib', tree: { $path: 'missing' } };
    const tree = {
      ...rojoProject.tree,
      Workspace: { Map: { $path: { optional: 'map' } }, Lib: { $path: 'lib' } },
    };
    await studio.commit({
      'default.project.json': `// the game\n${JSON.stringify({ ...rojoProject, tree })}`,
      'lib/default.project.json': JSON.stringify(nested),
    });
    await rejects(/lib\/default\.project\.json: tree\.\$path: got "missing"/);
    await studio.commit({
      'graveshift.json': JSON.stringify({ ...config, prepare: [{ run: ['wally', 'install'] }] }),
    });
    expect((await studio.snapshot()).name).toBe('village');
  });

  it('names the environments, places and projects that there are', async () => {
    await rejects(/environment: got "live".*expected one of: staging/s, { environment: 'live' });
    await rejects(/environment: got "toString"/, { environment: 'toString' });
    await rejects(/place: got "lobby".*expected one of: start/s, { place: 'lobby' });
    await rejects(/project: got "castle"; expected one of: village/, { project: 'castle' });
  });

  it('refuses a project without commits, one that is no repository, and one that is gone', async () => {
    await using empty = await Studio.open({});
    await expect(empty.snapshot()).rejects.toMatchObject({
      kind: 'InvalidInput',
      message: expect.stringContaining('which has no commits') as string,
    });
    await studio.registry.remove('village');
    await studio.registry.add('village', path.join(studio.root, 'store', '..'));
    await rejects(/no Git repository at the address/);
  });

  it('says that a remote cannot be reached, and that trying again may help', async () => {
    await studio.registry.remove('village');
    await studio.registry.add('village', 'http://127.0.0.1:9/village.git');
    await expect(studio.snapshot()).rejects.toMatchObject({ kind: 'ServiceUnavailable', retryable: true });
  });
});

describe('withWorktree', () => {
  it('gives a clean checkout of the commit and takes it away, also after a failure', async () => {
    const { commit } = await studio.commitNight('run-1', nightFiles);
    const seen = await studio.projects.withWorktree('village', commit, async (directory) => {
      await writeFile(path.join(directory, 'made.txt'), 'by a preparation step');
      return {
        directory,
        text: await readFile(path.join(directory, 'src/shared/Graveshift/Night3.luau'), 'utf8'),
      };
    });
    expect(seen.text).toBe('return { night = 3 }\n');
    await expect(
      studio.projects.withWorktree('village', commit, () => Promise.reject(new Error('it broke'))),
    ).rejects.toThrow('it broke');
    expect(await readdir(path.dirname(seen.directory))).toEqual([]);
    expect(await git(studio.game, 'worktree', 'list')).not.toContain(seen.directory);
  });

  it('gives two at once, and stops when it is cancelled', async () => {
    const { baseCommit } = await studio.snapshot();
    const arrived = new EventEmitter();
    const both = once(arrived, 'both');
    let count = 0;
    const directories = await Promise.all(
      [1, 2].map(() =>
        studio.projects.withWorktree('village', baseCommit, async (directory) => {
          if (++count === 2) arrived.emit('both');
          await both;
          return directory;
        }),
      ),
    );
    expect(new Set(directories).size).toBe(2);
    const cancel = new AbortController();
    await expect(
      studio.projects.withWorktree(
        'village',
        baseCommit,
        () => {
          cancel.abort(new Error('cancelled'));
          return Promise.resolve();
        },
        { signal: cancel.signal },
      ),
    ).rejects.toThrow('cancelled');
    expect(await readdir(path.join(studio.root, 'clones/worktrees/village'))).toEqual([]);
  });
});
