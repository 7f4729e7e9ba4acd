import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compileSources } from '../stack/compiled.js';
import { git, message, Studio } from './fixtures.js';

/** A worker of its own, as far as Git goes: `worktree` waits in a checkout, `commit` commits a night. */
const program = `
import { createGitProjects } from './adapters/git/index.js';
import { createProjectRegistry } from './adapters/projects/registry.js';
const [root, task, input] = process.argv.slice(2);
const registry = createProjectRegistry({ file: root + '/projects.json' });
const projects = createGitProjects({ registry, directory: root + '/clones' });
const { base } = await projects.resolveCommits('village');
if (task === 'worktree') {
  await projects.withWorktree('village', base, (directory) => {
    console.log(directory);
    return new Promise((resolve) => process.stdin.once('end', resolve).resume());
  });
} else {
  const content = async () => Buffer.from('return 1\\n');
  await projects.commitChangeSet('village', { ...JSON.parse(input), baseCommit: base, content });
}
`;

let studio: Studio;
const children: ChildProcess[] = [];

beforeEach(async () => {
  studio = await Studio.open();
  const dist = await compileSources(
    ['domain', 'adapters/files', 'adapters/git', 'adapters/projects'],
    path.join(studio.root, 'worker'),
  );
  await writeFile(path.join(dist, 'program.js'), program);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await studio[Symbol.asyncDispose]();
});

function startWorker(task: string, input: unknown = {}): ChildProcess {
  const file = path.join(studio.root, 'worker/dist/program.js');
  const child = spawn(process.execPath, [file, studio.root, task, JSON.stringify(input)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Locks of a dead process go stale by their age; nobody needs to wait for that here. */
async function age(lock: string): Promise<void> {
  await utimes(lock, new Date(0), new Date(0));
}

describe('after kill -9', () => {
  it('removes the checkout that was left, and not one that is in use', async () => {
    const worker = startWorker('worktree');
    if (!worker.stdout) throw new Error('the worker has no output');
    const [left] = (await once(createInterface(worker.stdout), 'line')) as [string];
    const { base } = await studio.projects.resolveCommits('village');

    await studio.projects.withWorktree('village', base, () => Promise.resolve());
    expect((await stat(path.join(left, 'graveshift.json'))).isFile()).toBe(true);

    await kill(worker);
    await age(`${left}.lock`);
    await studio.projects.withWorktree('village', base, () => Promise.resolve());
    expect(await readdir(path.dirname(left))).toEqual([]);
    const known = await git(path.join(studio.root, 'clones/village.git'), 'worktree', 'list', '--porcelain');
    expect(known).not.toContain(left);
  });

  it('commits once when the worker died while the remote took its push', async () => {
    const hook = path.join(studio.game, '.git/hooks/pre-receive');
    const marks = path.join(studio.root, 'marks');
    await writeFile(
      hook,
      `#!/bin/sh\necho x >> ${marks}.arrived\nwhile [ ! -e ${marks}.go ]; do sleep 0.05; done\necho x >> ${marks}.left\n`,
      { mode: 0o755 },
    );
    const artifact = await studio.artifacts.put(Buffer.from('return 1\n'), 'text/plain');
    const changeSet = { files: { 'src/shared/Night.luau': artifact }, removals: [] };
    const input = { runId: 'run-1', digest: 'a'.repeat(64), message, changeSet };
    const worker = startWorker('commit', input);
    await expect.poll(() => exists(`${marks}.arrived`), { timeout: 20_000 }).toBe(true);
    await kill(worker);
    await writeFile(`${marks}.go`, '');
    await expect.poll(() => exists(`${marks}.left`), { timeout: 20_000 }).toBe(true);
    await age(path.join(studio.root, 'clones/village.git.lock'));

    const { base } = await studio.projects.resolveCommits('village');
    const again = { ...input, baseCommit: base, content: () => Promise.resolve(Buffer.from('return 1\n')) };
    const { commit } = await studio.projects.commitChangeSet('village', again);
    expect(await studio.projects.commitChangeSet('village', again)).toMatchObject({ commit });
    expect(await git(studio.game, 'rev-list', 'main..graveshift/run-1')).toBe(commit);
  });

  it('removes the locks that a dead Git left in the clone', async () => {
    await studio.snapshot();
    const clone = path.join(studio.root, 'clones/village.git');
    for (const lock of ['packed-refs.lock', 'config.lock', 'refs/heads/main.lock']) {
      await writeFile(path.join(clone, lock), '');
      await age(path.join(clone, lock));
    }
    const work = await studio.commit({ 'src/shared/More.luau': 'return 2\n' });
    expect((await studio.snapshot()).baseCommit).toBe(work);
    expect((await readdir(clone)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
