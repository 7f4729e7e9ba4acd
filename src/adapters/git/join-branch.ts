import { GraveshiftError } from '../../domain/failure.js';
import { runTrailer } from './commit-message.js';
import { mergeTrees } from './merge-trees.js';
import type { ProjectClone } from './project-clone.js';
import { branchRef, push, requireRunBranch } from './push.js';
import { commitOf, isAncestor } from './refs.js';

export type Join = { runId: string; from: string; into: string };

/**
 * Brings what `from` has and `into` lacks into `into`: by fast-forward where that can be, else by a merge commit. So
 * `from` can still be fast-forwarded to `into` later. A branch that does not exist has nothing and lacks nothing.
 *
 * @returns the tip of `into`; undefined where it does not exist
 * @throws SyncFailure that names the files which both changed; nothing is pushed then
 */
export async function joinBranch(
  clone: ProjectClone,
  { runId, from, into }: Join,
): Promise<string | undefined> {
  await requireRunBranch(clone, runId);
  const theirs = await commitOf(clone, branchRef(from));
  const ours = await commitOf(clone, branchRef(into));
  if (ours === undefined || theirs === undefined || (await isAncestor(clone, theirs, ours))) return ours;
  const tip = (await isAncestor(clone, ours, theirs))
    ? theirs
    : await mergeCommit(clone, { runId, from, into, ours, theirs });
  await push(clone, [{ ref: branchRef(into), object: tip }]);
  return tip;
}

async function mergeCommit(
  clone: ProjectClone,
  { runId, from, into, ours, theirs }: Join & { ours: string; theirs: string },
): Promise<string> {
  const { git, signal } = clone;
  const base = (await git.text(['merge-base', ours, theirs], { signal })).trim();
  const merged = await mergeTrees(clone, base, ours, theirs);
  if ('conflicts' in merged) {
    throw new GraveshiftError(
      'SyncFailure',
      `${from} cannot be merged into ${into} without a person: both changed ${merged.conflicts.slice(0, 10).join(', ')}. ` +
        `Nothing was pushed. Merge ${from} into ${into} by hand and push, then retry the step.`,
      { details: { from, into, files: merged.conflicts.slice(0, 10) } },
    );
  }
  const args = ['commit-tree', merged.tree, '-p', ours, '-p', theirs, '-F', '-'];
  const input = `chore: merge ${from} into ${into}\n\n${runTrailer}: ${runId}\n`;
  return (await git.text(args, { signal, input })).trim();
}
