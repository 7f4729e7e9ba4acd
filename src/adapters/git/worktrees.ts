import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { acquire, isLocked } from '../files/file-lock.js';
import type { ProjectRegistry } from '../projects/registry.js';
import type { ProjectClone, ProjectClones } from './project-clone.js';
import { cloneWith } from './project-files.js';
import type { Git, GitOptions, GitRunner } from './run-git.js';

export interface ProjectWorktrees {
  /**
   * Runs the work in a throw-away checkout of the commit, and removes it afterwards. Nothing is locked meanwhile: many
   * checkouts of one project work side by side. Large files are there where git-lfs is installed, else as pointers.
   *
   * @param work its signal aborts with the caller's, and when the checkout was lost (the machine slept too long)
   */
  withWorktree<Result>(
    project: string,
    commit: string,
    work: (directory: string, signal: AbortSignal) => Promise<Result>,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Result>;
}

/** Windows keeps a file for a moment after the program that used it has ended. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

export function createProjectWorktrees(dependencies: {
  registry: ProjectRegistry;
  clones: ProjectClones;
  git: GitRunner;
  directory: string;
}): ProjectWorktrees {
  return {
    async withWorktree(projectName, commit, work, options = {}) {
      const project = await dependencies.registry.get(projectName);
      await cloneWith(dependencies.clones, project, commit, options.signal);
      const folder = path.join(dependencies.directory, project.name);
      const directory = path.join(folder, randomUUID());
      await mkdir(folder, { recursive: true });

      const lost = new AbortController();
      const signals = options.signal ? [options.signal, lost.signal] : [lost.signal];
      const signal = AbortSignal.any(signals);
      // The lock tells other processes that the checkout is in use; after a kill it goes stale by itself.
      const release = await acquire(directory, { signal }, (error) => lost.abort(error));
      try {
        await dependencies.clones.locked(project, signal, async (clone) => {
          await removeLeftovers(clone, folder);
          await clone.git.text(
            ['worktree', 'add', '--quiet', '--detach', '--no-checkout', directory, commit],
            { signal: clone.signal },
          );
        });
        await checkOut(dependencies.git(directory), signal);
        const result = await work(directory, signal);
        signal.throwIfAborted();
        return result;
      } finally {
        await rm(directory, removal);
        if (!lost.signal.aborted) await release();
      }
    },
  };
}

/** What a killed process left: checkouts that nobody holds, their locks, and Git's notes of checkouts that are gone. */
async function removeLeftovers({ git, signal }: ProjectClone, folder: string): Promise<void> {
  const names = new Set((await readdir(folder)).map((name) => path.basename(name, '.lock')));
  for (const name of names) {
    const directory = path.join(folder, name);
    if (await isLocked(directory)) continue;
    await rm(directory, removal);
    await rm(`${directory}.lock`, removal);
  }
  await git.text(['worktree', 'prune', '--expire=now'], { signal });
}

async function checkOut(git: Git, signal: AbortSignal): Promise<void> {
  await git.text(['reset', '--hard', '--quiet'], { signal, ...(await largeFileSettings(git, signal)) });
}

/** Settings of its own, so that it does not matter whether somebody ran `git lfs install` on this machine. */
async function largeFileSettings(git: Git, signal: AbortSignal): Promise<GitOptions> {
  const isInstalled = await git.text(['lfs', 'version'], { signal }).then(
    () => true,
    () => false,
  );
  signal.throwIfAborted();
  return isInstalled
    ? {
        environment: { GIT_LFS_SKIP_SMUDGE: '0' },
        config: [
          'filter.lfs.smudge=git-lfs smudge -- %f',
          'filter.lfs.process=git-lfs filter-process',
          'filter.lfs.required=true',
        ],
      }
    : { config: ['filter.lfs.smudge=', 'filter.lfs.process=', 'filter.lfs.required=false'] };
}
