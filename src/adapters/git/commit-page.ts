import type { CommitMessage } from '../../domain/activities.js';
import type { ArtifactRef } from '../../domain/artifact.js';
import { changeSetDigest } from '../../domain/change-set.js';
import { GraveshiftError } from '../../domain/failure.js';
import { makeCommit } from './commit-change-set.js';
import { findCommitIn } from './commit-log.js';
import type { ProjectClone } from './project-clone.js';
import { branchRef, push, requireRefName } from './push.js';
import { commitOf, hasCommit } from './refs.js';
import { readTree } from './tree.js';

/** A page of documentation that a run leaves on a branch of people. */
export type PageCommit = {
  runId: string;
  branch: string;
  /** Where it goes when the branch cannot be pushed to, or is not there: people merge it. */
  sideBranch: string;
  /** Commit that the side branch grows from where the branch is not there. */
  base: string;
  /** Such as `docs/post-mortems`. */
  folder: string;
  /** Without its ending; a number is added where another run's page has it. */
  name: string;
  page: ArtifactRef;
  content: (artifact: ArtifactRef) => Promise<Uint8Array>;
  message: CommitMessage;
};

export type CommittedPage = { path: string; commit: string; branch: string };

/**
 * Tries once to commit the page on top of the branch; fast-forward only. A run's page is looked for first, by its
 * trailer in the folder: asked twice, it commits once.
 *
 * @param isClosed whether a push on top of this tip need not be tried: the page goes to the side branch
 * @returns the tip where the remote refused, so that the caller can look whether the branch had only moved
 */
export async function commitPage(
  clone: ProjectClone,
  input: PageCommit,
  isClosed: (tip: string) => boolean,
): Promise<CommittedPage | { refusedAt: string }> {
  const { branch, sideBranch, folder, runId } = input;
  await requireRefName(clone, 'branch', branchRef(branch));
  await requireRefName(clone, 'sideBranch', branchRef(sideBranch));
  const tip = await commitOf(clone, branchRef(branch));
  const sideTip = await commitOf(clone, branchRef(sideBranch));
  for (const [name, commit] of [[branch, tip] as const, [sideBranch, sideTip] as const]) {
    const present = commit === undefined ? undefined : await findCommitIn(clone, [commit], { runId, folder });
    if (present) return { ...present, branch: name };
  }
  const toSide = tip === undefined || isClosed(tip);
  const parent = (toSide ? sideTip : undefined) ?? tip ?? (await requireBase(clone, input));
  const path = await freePath(clone, parent, input);
  const commit = await makeCommit(clone, parent, toChangeSet(parent, path, input));
  const target = toSide ? sideBranch : branch;
  try {
    await push(clone, [{ ref: branchRef(target), object: commit }]);
  } catch (error) {
    const isRefusal = error instanceof GraveshiftError && error.kind === 'SyncFailure';
    if (toSide || !isRefusal) throw error;
    return { refusedAt: tip };
  }
  return { path, commit, branch: target };
}

async function requireBase(clone: ProjectClone, { base, branch }: PageCommit): Promise<string> {
  if (await hasCommit(clone, base)) return base;
  throw new GraveshiftError(
    'SyncFailure',
    `There is neither a branch ${branch} nor the commit ${base} to write on. Was the history rewritten? ` +
      `Put the branch back, then retry the step.`,
    { details: { branch, base } },
  );
}

async function freePath(clone: ProjectClone, parent: string, { folder, name }: PageCommit): Promise<string> {
  const taken = await readTree(clone, parent, folder);
  let path = `${folder}/${name}.md`;
  for (let count = 2; taken.has(path); count++) path = `${folder}/${name}-${String(count)}.md`;
  return path;
}

function toChangeSet(baseCommit: string, path: string, { runId, page, content, message }: PageCommit) {
  const changeSet = { files: { [path]: page }, removals: [] };
  return { runId, baseCommit, changeSet, digest: changeSetDigest(changeSet), message, content };
}
