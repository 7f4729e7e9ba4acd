import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectClone } from './project-clone.js';
import { branchRef, push, type RefUpdate } from './push.js';
import { commitOf, isAncestor } from './refs.js';

/** A change of a branch that the remote may keep for people. */
export type Proposal = {
  branch: string;
  commit: string;
  /** Branch to put the commit on where the remote refuses it. */
  proposal: string;
};

/**
 * Pushes all or none. Where the remote refuses a branch (it is protected, or checked out there), its commit is put on
 * a branch of its own, so that a person can bring it in.
 *
 * @throws SyncFailure that says how
 */
export async function pushOrPropose(
  clone: ProjectClone,
  updates: readonly RefUpdate[],
  proposals: readonly Proposal[],
): Promise<void> {
  try {
    await push(clone, updates);
  } catch (error) {
    if (!isRefused(error)) throw error;
    // Where Git says much, the line that names the branch is cut off.
    const proposed = proposals.find((each) => isOf(each, error)) ?? proposals[0];
    if (proposed === undefined) throw error;
    await offer(clone, proposed);
    const { branch, commit, proposal } = proposed;
    throw new GraveshiftError(
      'SyncFailure',
      `The remote does not let Graveshift push ${commit.slice(0, 12)} to ${branch}. It is on the branch ${proposal} ` +
        `now: open a pull request from ${proposal} into ${branch} and merge it (with its commits, not squashed), or ` +
        `where ${branch} is checked out run \`git merge --ff-only ${proposal}\`. Then retry the step. ${error.message}`,
      { details: { branch, commit, proposal }, cause: error },
    );
  }
}

/** Removal of the proposal, for when its commit got where it belongs. */
export async function removalOf(clone: ProjectClone, proposal: string): Promise<RefUpdate[]> {
  const ref = branchRef(proposal);
  return (await commitOf(clone, ref)) === undefined ? [] : [{ ref, object: undefined }];
}

async function offer(clone: ProjectClone, { commit, proposal }: Proposal): Promise<void> {
  const ref = branchRef(proposal);
  const present = await commitOf(clone, ref);
  if (present === commit) return;
  // One of an earlier try that does not lead here: ours alone, so it goes; a push is never forced.
  if (present !== undefined && !(await isAncestor(clone, present, commit))) {
    await push(clone, [{ ref, object: undefined }]);
  }
  await push(clone, [{ ref, object: commit }]);
}

/** True where the remote refused this branch for itself, and not because of another one in the same push. */
function isOf({ branch }: Proposal, { message }: GraveshiftError): boolean {
  const [, reason] = message.split(`:${branchRef(branch)}\t`);
  return reason !== undefined && !reason.startsWith('[remote rejected] (atomic');
}

/** The remote's own no, and not a branch that moved on meanwhile. */
function isRefused(error: unknown): error is GraveshiftError {
  return (
    error instanceof GraveshiftError &&
    error.kind === 'SyncFailure' &&
    /\[remote rejected\]|hook declined|protected branch|checked out/i.test(error.message) &&
    !/cannot lock ref|directory file conflict/i.test(error.message)
  );
}
