import type { ProjectRegistry } from '../projects/registry.js';
import { listCommits, type CommitSummary } from './commit-log.js';
import { commitPage, type CommittedPage, type PageCommit } from './commit-page.js';
import type { ProjectClones } from './project-clone.js';
import { cloneWith } from './project-files.js';

type Options = { signal?: AbortSignal | undefined };

export interface ProjectPages {
  /** The commits that `to` has and `from` has not, the newest first: `most` of `total`. */
  listCommits(
    project: string,
    range: { from: string; to: string; most: number },
    options?: Options,
  ): Promise<{ commits: CommitSummary[]; total: number }>;
  /**
   * Commits one page on a branch of people, by a commit of its own; asked twice, it commits once. Where the branch is
   * protected, checked out at the remote, or not there, the page goes to the side branch: see the answer's `branch`.
   */
  commitPage(project: string, input: PageCommit, options?: Options): Promise<CommittedPage>;
}

/** A branch that moves under every one of so many tries is left to the side branch. */
const mostTries = 5;

export function createProjectPages({
  registry,
  clones,
}: {
  registry: ProjectRegistry;
  clones: ProjectClones;
}): ProjectPages {
  return {
    async listCommits(name, range, { signal } = {}) {
      const project = await registry.get(name);
      await cloneWith(clones, project, range.from, signal);
      return await listCommits(await cloneWith(clones, project, range.to, signal), range);
    },

    async commitPage(name, input, { signal } = {}) {
      const project = await registry.get(name);
      let refusedAt: string | undefined;
      for (let attempt = 1; ; attempt++) {
        // A tip that is still the same after a refusal was not overtaken: the remote does not want the push.
        const isClosed = (tip: string): boolean => tip === refusedAt || attempt >= mostTries;
        const result = await clones.fetched(project, signal, (clone) => commitPage(clone, input, isClosed));
        if (!('refusedAt' in result)) return result;
        ({ refusedAt } = result);
      }
    },
  };
}
