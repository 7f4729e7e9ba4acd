import type { Repository } from './project-clone.js';
import { runTrailer } from './commit-message.js';
import { GraveshiftError, invalidInput } from '../../domain/failure.js';

export const runBranch = (runId: string): string => `graveshift/${runId}`;
export const branchRef = (branch: string): string => `refs/heads/${branch}`;
export const tagRef = (tag: string): string => `refs/tags/${tag}`;

/** What a branch or tag shall point to; undefined removes it. */
export type RefUpdate = { ref: string; object: string | undefined };

/**
 * Changes the remote's branches and tags, all or none, and the clone's with them. Never forced: a branch only moves
 * forward, a tag that is there stays.
 *
 * @throws SyncFailure with the remote's words
 */
export async function push({ git, signal }: Repository, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  await git.text(
    [
      'push',
      '--atomic',
      '--porcelain',
      '--no-verify',
      'origin',
      ...updates.map(({ ref, object }) => `${object ?? ''}:${ref}`),
    ],
    { signal },
  );
  // A crash before this line costs nothing: the next fetch brings the clone in step.
  await git.text(['update-ref', '--stdin'], {
    signal,
    input: updates
      .map(({ ref, object }) => (object === undefined ? `delete ${ref}\n` : `update ${ref} ${object}\n`))
      .join(''),
  });
}

/** @throws InvalidInput where Git would not take it as the name of a branch or tag */
export async function requireRefName({ git, signal }: Repository, field: string, ref: string): Promise<void> {
  try {
    await git.text(['check-ref-format', ref], { signal });
  } catch (error) {
    if (!(error instanceof GraveshiftError) || error.kind !== 'SyncFailure') throw error;
    throw invalidInput('a name in Git', [
      {
        field,
        value: `"${ref}"`,
        remedy: 'expected a name that Git takes: letters, digits, ".", "-" and "/", such as night-3',
      },
    ]);
  }
}

/** The run's branch. @throws InvalidInput where the run's id cannot be a part of it */
export async function requireRunBranch(clone: Repository, runId: string): Promise<string> {
  const branch = runBranch(runId);
  if (runId === 'next' || runId.startsWith('-') || /\s/.test(runId)) {
    throw invalidInput('the run', [
      {
        field: 'runId',
        value: `"${runId}"`,
        remedy: `expected an id that fits the trailer ${runTrailer} and is not the staging branch`,
      },
    ]);
  }
  await requireRefName(clone, 'runId', branchRef(branch));
  return branch;
}
