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
};

/** A living Git holds its lock files for milliseconds; older ones are of a process that was killed. */
const deadLockMs = 10_000;

export function createProjectClones(options: { directory: string; git: GitRunner }): ProjectClones {
  async function locked<Result>(
    project: RegisteredProject,
    signal: AbortSignal | undefined,
    work: (clone: ProjectClone) => Promise<Result>,
  ): Promise<Result> {
    const directory = path.join(options.directory, `${project.name}.git`);
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
  };
}

/** Makes the repository where it is not there yet, also after a crash half way, and points it to the remote. */
async function connect({ directory, git, signal }: ProjectClone, repository: string): Promise<void> {
  const present = await stat(path.join(directory, 'HEAD')).catch(() => undefined);
  if (!present) await git.text(['init', '--bare', '--quiet', '.'], { signal });
  await git.text(['config', 'remote.origin.url', repository], { signal });
}

export async function fetchAll({ git, signal }: Pick<ProjectClone, 'git' | 'signal'>): Promise<void> {
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
