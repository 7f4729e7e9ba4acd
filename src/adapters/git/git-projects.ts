import path from 'node:path';

import { changeSetSchema } from '../../domain/change-set.js';
import { parseInput } from '../../domain/parse-input.js';
import type { ProjectFiles } from '../../domain/project.js';
import type { ProjectRegistry } from '../projects/registry.js';
import { commitChangeSet, type ChangeSetCommit, type CommittedChangeSet } from './commit-change-set.js';
import { createProjectChanges, type ProjectChanges } from './project-changes.js';
import { createProjectClones } from './project-clone.js';
import { resolveCommits, type ProjectCommits } from './project-commits.js';
import { createProjectFiles, requireCommit } from './project-files.js';
import { discard, promote, type Promotion } from './promote.js';
import { createGitRunner, type Author } from './run-git.js';
import { createProjectWorktrees, type ProjectWorktrees } from './worktrees.js';

export type CallOptions = { signal?: AbortSignal | undefined };

/**
 * The registered projects' repositories, by way of the worker's own bare clones. A person's checkout is never
 * touched: all that a project sees are pushes of `graveshift/…` branches and of tags. Every call may be made again.
 */
export interface GitProjects extends ProjectFiles, ProjectChanges, ProjectWorktrees {
  /** Asks the remote for the commits that a run works with. */
  resolveCommits(project: string, options?: CallOptions): Promise<ProjectCommits>;
  /** Commits on `graveshift/<run>` and pushes; asked twice, it commits once. */
  commitChangeSet(
    project: string,
    input: ChangeSetCommit,
    options?: CallOptions,
  ): Promise<CommittedChangeSet>;
  /** Fast-forwards the staging branch, tags, and removes the run's branch: all or none. */
  promoteToStaging(
    project: string,
    input: Promotion,
    options?: CallOptions,
  ): Promise<{ tag: string; next: string }>;
  /** Removes what the run left and nobody else holds. */
  discardRun(
    project: string,
    input: { runId: string; tag?: string; commit?: string },
    options?: CallOptions,
  ): Promise<void>;
}

export type GitProjectsOptions = {
  registry: ProjectRegistry;
  /** Folder of the clones and throw-away checkouts; may be deleted while no worker runs. */
  directory: string;
  /** Who the commits are by; `Graveshift <graveshift@localhost>` by default. */
  author?: Author;
  /** Variables that Git runs with; this process's by default. */
  environment?: NodeJS.ProcessEnv;
};

export function createGitProjects({
  registry,
  directory,
  author = { name: 'Graveshift', email: 'graveshift@localhost' },
  environment = process.env,
}: GitProjectsOptions): GitProjects {
  const root = path.resolve(directory);
  const git = createGitRunner({ author, hooksDirectory: path.join(root, 'no-hooks'), environment });
  const clones = createProjectClones({ directory: root, git });

  return {
    ...createProjectFiles({ registry, clones }),
    ...createProjectChanges({ registry, clones }),
    ...createProjectWorktrees({ registry, clones, git, directory: path.join(root, 'worktrees') }),

    async resolveCommits(name, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, (clone) => resolveCommits(clone, project));
    },

    async commitChangeSet(name, input, { signal } = {}) {
      const project = await registry.get(name);
      const changeSet = parseInput(changeSetSchema, 'the change set', input.changeSet);
      return await clones.fetched(project, signal, async (clone) => {
        await requireCommit(clone, project, input.baseCommit);
        return await commitChangeSet(clone, { ...input, changeSet });
      });
    },

    async promoteToStaging(name, input, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, async (clone) => {
        await requireCommit(clone, project, input.commit);
        return await promote(clone, input);
      });
    },

    async discardRun(name, input, { signal } = {}) {
      const project = await registry.get(name);
      await clones.fetched(project, signal, (clone) => discard(clone, input));
    },
  };
}
