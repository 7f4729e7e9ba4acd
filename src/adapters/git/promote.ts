import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectClone } from './project-clone.js';
import {
  branchRef,
  push,
  requireRefName,
  requireRunBranch,
  runBranch,
  tagRef,
  type RefUpdate,
} from './push.js';
import { branchesWith, commitOf, isAncestor, tags } from './refs.js';

export type Promotion = {
  runId: string;
  commit: string;
  /** Tip that the staging branch must have; undefined: it must not exist yet. */
  expectedNext: string | undefined;
  nextBranch: string;
  tag: string;
  tagMessage: string;
};

/** Fast-forwards the staging branch to the commit, tags it, and removes the run's branch: all or none. */
export async function promote(clone: ProjectClone, input: Promotion): Promise<{ tag: string; next: string }> {
  const { commit, expectedNext, nextBranch } = input;
  await requireRefName(clone, 'nextBranch', branchRef(nextBranch));
  const next = await commitOf(clone, branchRef(nextBranch));
  // Asked again, the branch has the commit already, and may have moved on with a later night.
  const isStaged = next !== undefined && (await isAncestor(clone, commit, next));
  if (!isStaged) {
    if (next !== expectedNext) throw moved(nextBranch, expectedNext, next);
    if (next !== undefined && !(await isAncestor(clone, next, commit)))
      throw diverged(nextBranch, next, commit);
  }
  const { tag, object } = await chooseTag(clone, input);
  const updates: RefUpdate[] = [
    ...(isStaged ? [] : [{ ref: branchRef(nextBranch), object: commit }]),
    ...(object === undefined ? [] : [{ ref: tagRef(tag), object }]),
    ...(await removalOfRunBranch(clone, input.runId)),
  ];
  await push(clone, updates);
  return { tag, next: commit };
}

/** Removes the run's branch, and its tag where nothing but the run's branch holds the commit. */
export async function discard(
  clone: ProjectClone,
  { runId, tag, commit }: { runId: string; tag?: string; commit?: string },
): Promise<void> {
  const updates = await removalOfRunBranch(clone, runId);
  if (tag !== undefined && commit !== undefined) {
    const family = (await tags(clone)).filter(({ name }) => isOfFamily(name, tag));
    const own = family.filter((candidate) => candidate.commit === commit);
    const isKept = own.length > 0 && (await isOnAnotherBranch(clone, commit, runBranch(runId)));
    if (!isKept) updates.push(...own.map(({ name }) => ({ ref: tagRef(name), object: undefined })));
  }
  await push(clone, updates);
}

/** The tag itself where it is free or names this commit, else the first of `tag.2`, `tag.3`, … that is or does. */
async function chooseTag(
  clone: ProjectClone,
  { tag, tagMessage, commit }: Promotion,
): Promise<{ tag: string; object: string | undefined }> {
  await requireRefName(clone, 'tag', tagRef(tag));
  const taken = new Map((await tags(clone)).map(({ name, commit: tagged }) => [name, tagged]));
  const present = [...taken].find(([name, tagged]) => tagged === commit && isOfFamily(name, tag));
  if (present) return { tag: present[0], object: undefined };
  let name = tag;
  for (let count = 2; taken.has(name); count++) name = `${tag}.${String(count)}`;
  return { tag: name, object: await makeTag(clone, name, commit, tagMessage) };
}

function isOfFamily(name: string, tag: string): boolean {
  return (
    name === tag || (name.startsWith(`${tag}.`) && /^[2-9]$|^[1-9]\d+$/.test(name.slice(tag.length + 1)))
  );
}

export async function makeTag(
  { git, signal }: ProjectClone,
  name: string,
  commit: string,
  message: string,
): Promise<string> {
  const tagger = (await git.text(['var', 'GIT_COMMITTER_IDENT'], { signal })).trim();
  const header = [`object ${commit}`, 'type commit', `tag ${name}`, `tagger ${tagger}`];
  const object = await git.text(['mktag'], { signal, input: `${header.join('\n')}\n\n${message.trim()}\n` });
  return object.trim();
}

async function removalOfRunBranch(clone: ProjectClone, runId: string): Promise<RefUpdate[]> {
  const ref = branchRef(await requireRunBranch(clone, runId));
  return (await commitOf(clone, ref)) === undefined ? [] : [{ ref, object: undefined }];
}

async function isOnAnotherBranch(clone: ProjectClone, commit: string, ownBranch: string): Promise<boolean> {
  return (await branchesWith(clone, commit)).some((branch) => branch !== ownBranch);
}

function moved(branch: string, expected: string | undefined, found: string | undefined): GraveshiftError {
  const shown = (commit: string | undefined): string => commit?.slice(0, 12) ?? 'absent';
  return new GraveshiftError(
    'SyncFailure',
    `The staging branch ${branch} moved while the run worked: expected ${shown(expected)}, found ${shown(found)}. ` +
      `Nothing was changed. Start the run again on what is there now, or put the branch back.`,
    { details: { branch, expected: expected ?? null, found: found ?? null } },
  );
}

function diverged(branch: string, next: string, commit: string): GraveshiftError {
  return new GraveshiftError(
    'SyncFailure',
    `The staging branch ${branch} (${next.slice(0, 12)}) holds commits that ${commit.slice(0, 12)} did not grow ` +
      `from, so it cannot be fast-forwarded, and Graveshift never forces. Start the run again on what is there now.`,
    { details: { branch, next, commit } },
  );
}
