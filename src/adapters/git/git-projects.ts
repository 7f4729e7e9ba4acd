import path from 'node:path';

import { changeSetSchema } from '../../domain/change-set.js';
import { parseInput } from '../../domain/parse-input.js';
import type { ProjectFiles } from '../../domain/project.js';
import type { ProjectRegistry } from '../projects/registry.js';
import { commitChangeSet, type ChangeSetCommit, type CommittedChangeSet } from './commit-change-set.js';
import { createProjectChanges, type ProjectChanges } from './project-changes.js';
import { createProjectClones } from './project-clone.js';
import { resolveCommits, type ProjectCommits } from './project-commits.js';
import { cloneWith, createProjectFiles, requireCommit } from './project-files.js';
import { createProjectPages, type ProjectPages } from './project-pages.js';
import { discard, promote, type Promotion } from './promote.js';
import { joinBranch, type Join } from './join-branch.js';
import { promoteToMain, type MainPromotion } from './promote-to-main.js';
import {
  branchesWith,
  commitsMissing,
  hasCommit,
  isAncestor,
  resolveRevision,
  tags,
  treeOf,
} from './refs.js';
import { revertTo, type Reversion, type RevertedBranch } from './revert-commits.js';
import { createGitRunner, type Author } from './run-git.js';
import { createProjectWorktrees, type ProjectWorktrees } from './worktrees.js';

export type CallOptions = { signal?: AbortSignal | undefined };

/** A commit as the remote has it now. */
export type FoundCommit = {
  commit: string;
  /** Git's tree of it. */
  tree: string;
  /** The branches that hold it. */
  branches: string[];
};

/**
 * The registered projects' repositories, by way of the worker's own bare clones. A person's checkout is never
 * touched: all that a project sees are pushes of `graveshift/…` branches, of tags, and of main at a release. Every call may be made again.
 */
export interface GitProjects extends ProjectFiles, ProjectChanges, ProjectPages, ProjectWorktrees {
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
  /** Fast-forwards main and tags the release, both or none; proposes it on a branch where main is protected. */
  promoteToMain(
    project: string,
    input: MainPromotion,
    options?: CallOptions,
  ): Promise<{ main: string; tag: string }>;
  /** Takes commits back by revert commits, on all of the branches or none; asked twice, it reverts once. */
  revertTo(project: string, input: Reversion, options?: CallOptions): Promise<RevertedBranch[]>;
  /** Brings what one branch has into another, so that the first can be fast-forwarded to the second later. */
  joinBranch(project: string, input: Join, options?: CallOptions): Promise<string | undefined>;
  /** The commit that an id, its first seven digits or more, a tag or a branch names, after asking the remote. */
  findCommit(project: string, revision: string, options?: CallOptions): Promise<FoundCommit | undefined>;
  /** Git's tree of the commit. */
  treeOf(project: string, commit: string, options?: CallOptions): Promise<string>;
  /** True when `descendant` is `ancestor` or grew from it; false also where the repository has one of them no more. */
  isAncestor(project: string, ancestor: string, descendant: string, options?: CallOptions): Promise<boolean>;
  /** What `commit` lacks of another one, merges aside; the newest first. */
  commitsMissing(project: string, commit: string, other: string, options?: CallOptions): Promise<string[]>;
  /** The remote's tags, with the commits that they name. */
  tags(project: string, options?: CallOptions): Promise<{ name: string; commit: string }[]>;
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
    ...createProjectPages({ registry, clones }),
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

    async promoteToMain(name, input, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, async (clone) => {
        await requireCommit(clone, project, input.commit);
        return await promoteToMain(clone, input);
      });
    },

    async joinBranch(name, input, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, (clone) => joinBranch(clone, input));
    },

    async revertTo(name, input, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, async (clone) => {
        await requireCommit(clone, project, input.good);
        await requireCommit(clone, project, input.bad);
        return await revertTo(clone, input);
      });
    },

    async findCommit(name, revision, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, async (clone) => {
        const commit = await resolveRevision(clone, revision);
        if (commit === undefined) return undefined;
        return { commit, tree: await treeOf(clone, commit), branches: await branchesWith(clone, commit) };
      });
    },

    async treeOf(name, commit, { signal } = {}) {
      const project = await registry.get(name);
      return await treeOf(await cloneWith(clones, project, commit, signal), commit);
    },

    async isAncestor(name, ancestor, descendant, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, async (clone) => {
        const known = await Promise.all([ancestor, descendant].map((commit) => hasCommit(clone, commit)));
        return known.every(Boolean) && (await isAncestor(clone, ancestor, descendant));
      });
    },

    async commitsMissing(name, commit, other, { signal } = {}) {
      const project = await registry.get(name);
      return await commitsMissing(await cloneWith(clones, project, other, signal), commit, other);
    },

    async tags(name, { signal } = {}) {
      const project = await registry.get(name);
      return await clones.fetched(project, signal, (clone) => tags(clone));
    },

    async discardRun(name, input, { signal } = {}) {
      const project = await registry.get(name);
      await clones.fetched(project, signal, (clone) => discard(clone, input));
    },
  };
}
