import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectClone } from './project-clone.js';
import { makeTag } from './promote.js';
import { pushOrPropose, removalOf } from './protected-push.js';
import { branchRef, requireRefName, tagRef, type RefUpdate } from './push.js';
import { commitOf, isAncestor } from './refs.js';
import { findReverted } from './reverts.js';

export type MainPromotion = {
  commit: string;
  mainBranch: string;
  /** Tip that main must have; undefined: whatever can be fast-forwarded. */
  expectedMain: string | undefined;
  tag: string;
  tagMessage: string;
};

/** Fast-forwards main to the commit and tags it: both or none. */
export async function promoteToMain(
  clone: ProjectClone,
  input: MainPromotion,
): Promise<{ main: string; tag: string }> {
  const { commit, mainBranch, expectedMain, tag } = input;
  await requireRefName(clone, 'mainBranch', branchRef(mainBranch));
  await requireRefName(clone, 'tag', tagRef(tag));
  const main = await commitOf(clone, branchRef(mainBranch));
  // Asked again, or merged by a person: main has it already, and may have moved on.
  const isThere = main !== undefined && (await isAncestor(clone, commit, main));
  if (isThere) {
    await refuseTakenBack(clone, mainBranch, commit, main);
  } else {
    if (expectedMain !== undefined && main !== expectedMain) throw moved(mainBranch, expectedMain, main);
    if (main !== undefined && !(await isAncestor(clone, main, commit)))
      throw diverged(mainBranch, main, commit);
  }
  const proposal = `graveshift/release-${tag}`;
  const updates: RefUpdate[] = [
    ...(isThere ? [] : [{ ref: branchRef(mainBranch), object: commit }]),
    ...(await newTag(clone, input)),
    ...(await removalOf(clone, proposal)),
  ];
  await pushOrPropose(clone, updates, isThere ? [] : [{ branch: mainBranch, commit, proposal }]);
  return { main: isThere ? main : commit, tag };
}

async function newTag(clone: ProjectClone, { tag, tagMessage, commit }: MainPromotion): Promise<RefUpdate[]> {
  const ref = tagRef(tag);
  const tagged = await commitOf(clone, ref);
  if (tagged === commit) return [];
  if (tagged === undefined) return [{ ref, object: await makeTag(clone, tag, commit, tagMessage) }];
  throw new GraveshiftError(
    'SyncFailure',
    `The tag ${tag} names ${tagged.slice(0, 12)} in the repository, and this release is ${commit.slice(0, 12)}. ` +
      'Nothing was changed. Rename that tag (git tag NEW OLD, then push both), and retry the step.',
    { details: { tag, tagged, commit } },
  );
}

async function refuseTakenBack(
  clone: ProjectClone,
  branch: string,
  commit: string,
  main: string,
): Promise<void> {
  for (const reverted of await findReverted(clone, `${commit}..${main}`)) {
    if (!(await isAncestor(clone, reverted, commit))) continue;
    throw new GraveshiftError(
      'SyncFailure',
      `${branch} (${main.slice(0, 12)}) holds ${commit.slice(0, 12)}, and takes its ${reverted.slice(0, 12)} back ` +
        `after it: the branch does not hold what was published. Revert that revert on ${branch}, then retry the step.`,
      { details: { branch, main, commit, reverted } },
    );
  }
}

function moved(branch: string, expected: string, found: string | undefined): GraveshiftError {
  return new GraveshiftError(
    'SyncFailure',
    `${branch} moved, or was rebased, while the run worked: expected ${expected.slice(0, 12)}, found ` +
      `${found?.slice(0, 12) ?? 'none'}. Nothing was changed. Look at what came in (git log ${expected.slice(0, 12)}..` +
      `${branch}); put the branch back to ${expected.slice(0, 12)} and retry the step, or merge ${branch} into the ` +
      'staging branch and deploy what is staged then.',
    { details: { branch, expected, found: found ?? null } },
  );
}

function diverged(branch: string, main: string, commit: string): GraveshiftError {
  return new GraveshiftError(
    'SyncFailure',
    `${branch} (${main.slice(0, 12)}) holds commits that ${commit.slice(0, 12)} did not grow from, so it cannot be ` +
      `fast-forwarded, and Graveshift never forces. Merge ${branch} into the staging branch and deploy what is staged then.`,
    { details: { branch, main, commit } },
  );
}
