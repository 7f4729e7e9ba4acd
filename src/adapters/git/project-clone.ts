import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import type { RegisteredProject } from '../projects/registry.js';
import { withFileLock } from '../files/file-lock.js';
import type { Git, GitRunner } from './run-git.js';

/**
 * The worker's own bare clone of a project. All that lasts is in the remote: the clone mirrors its branches and tags
 * exactly, so it may be deleted at any time, and anything not pushed is not there.
 */
export type ProjectClone = {
  project: string;
  directory: string;
  git: Git;
  signal: AbortSignal;
};

export type ProjectClones = {
  /** Runs the work alone among all processes that share the clones, without asking the remote. */
  locked<Result>(
    project: RegisteredProject,
    signal: AbortSignal | undefined,
    work: (clone: ProjectClone) => Promise<Result>,
  ): Promise<Result>;
  /** The same, with the remote's branches and tags as they are now. */
  fetched<Result>(
    project: RegisteredProject,
    signal: AbortSignal | undefined,
    work: (clone: ProjectClone) => Promise<Result>,
  ): Promise<Result>;
  /** The clone without a lock, for reading objects: Git never changes those. Undefined before the first fetch. */
  present(project: RegisteredProject, signal: AbortSignal | undefined): Promise<Repository | undefined>;
};

/** What reading needs of a clone. */
export type Repository = { git: Git; signal: AbortSignal | undefined };

/** A living Git holds its lock files for milliseconds; older ones are of a process that was killed. */
const deadLockMs = 10_000;

export function createProjectClones(options: { directory: string; git: GitRunner }): ProjectClones {
  const cloneDirectory = (project: RegisteredProject): string =>
    path.join(options.directory, `${project.name}.git`);

  async function locked<Result>(
    project: RegisteredProject,
    signal: AbortSignal | undefined,
    work: (clone: ProjectClone) => Promise<Result>,
  ): Promise<Result> {
    const directory = cloneDirectory(project);
    await mkdir(directory, { recursive: true });
    return await withFileLock(directory, { signal }, async (held) => {
      const clone = { project: project.name, directory, git: options.git(directory), signal: held };
      await removeDeadLocks(directory);
      await connect(clone, project.repository);
      return await work(clone);
    });
  }

  return {
    locked,
    fetched: async (project, signal, work) =>
      await locked(project, signal, async (clone) => {
        await fetchAll(clone);
        return await work(clone);
      }),
    present: async (project, signal) => {
      const directory = cloneDirectory(project);
      const head = await stat(path.join(directory, 'HEAD')).catch(() => undefined);
      return head && { git: options.git(directory), signal };
    },
  };
}

/** Makes the repository where it is not there yet, also after a crash half way, and points it to the remote. */
async function connect({ directory, git, signal }: ProjectClone, repository: string): Promise<void> {
  const present = await stat(path.join(directory, 'HEAD')).catch(() => undefined);
  if (!present) await git.text(['init', '--bare', '--quiet', '.'], { signal });
  await git.text(['config', 'remote.origin.url', repository], { signal });
}

async function fetchAll({ git, signal }: ProjectClone): Promise<void> {
  await git.text(
    [
      'fetch',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--progress',
      '--update-head-ok',
      'origin',
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ],
    { signal },
  );
}

async function removeDeadLocks(directory: string): Promise<void> {
  const top = (await readdir(directory)).map((name) => path.join(directory, name));
  const refs = await readdir(path.join(directory, 'refs'), { recursive: true }).catch(() => []);
  const locks = [...top, ...refs.map((name) => path.join(directory, 'refs', name))].filter((file) =>
    file.endsWith('.lock'),
  );
  for (const file of locks) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true && Date.now() - found.mtimeMs > deadLockMs) await rm(file, { force: true });
  }
}
