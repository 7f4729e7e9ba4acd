import { GraveshiftError } from '../../domain/failure.js';
import { postMortemFolder } from '../../domain/post-mortem.js';
import { runTrailer } from './commit-message.js';
import { mergeTrees } from './merge-trees.js';
import type { ProjectClone } from './project-clone.js';
import { pushOrPropose, removalOf } from './protected-push.js';
import { branchRef, requireRunBranch, type RefUpdate } from './push.js';
import { commitOf, isAncestor, linesOf } from './refs.js';
import { findReverted, readReverts, revertsTrailer } from './reverts.js';

export type Reversion = {
  runId: string;
  branches: readonly string[];
  /** Commit that the branches go back to in content; it stays, and so does what people committed after `bad`. */
  good: string;
  bad: string;
  reason: string;
};

export type RevertedBranch = {
  branch: string;
  tip: string;
  /** The commits between good and bad that this branch holds and takes back, the newest first. */
  reverted: string[];
};

type Line = { branch: string; before: string; tip: string };

/**
 * Takes the commits after `good` up to `bad` back on each branch that has them: by revert commits, the newest first.
 * A branch that lacks only another one's reverts gets them by a merge: so it still can be fast-forwarded to later.
 * A branch that does not exist is left out of the answer.
 */
export async function revertTo(clone: ProjectClone, input: Reversion): Promise<RevertedBranch[]> {
  await requireRunBranch(clone, input.runId);
  const range = await commitsToRevert(clone, input);
  const lines: Line[] = [];
  for (const { branch, before, isDone } of await inOrder(clone, input, range)) {
    const tip = isDone
      ? before
      : await revertOn(clone, input, {
          branch,
          tip: await joinReverts(clone, input, before, { lines, range, branch }),
          range,
        });
    lines.push({ branch, before, tip });
  }
  const proposal = `graveshift/revert-${input.runId}`;
  const moved = lines.filter(({ before, tip }) => before !== tip);
  const updates: RefUpdate[] = [
    ...moved.map(({ branch, tip }) => ({ ref: branchRef(branch), object: tip })),
    ...(await removalOf(clone, proposal)),
  ];
  const proposals = moved.map(({ branch, tip }) => ({ branch, commit: tip, proposal }));
  await pushOrPropose(clone, updates, proposals);
  const asked = lines.toSorted((a, b) => input.branches.indexOf(a.branch) - input.branches.indexOf(b.branch));
  return await Promise.all(
    asked.map(async ({ branch, tip }) => {
      const reverted = await findReverted(clone, `${input.good}..${tip}`);
      return { branch, tip, reverted: range.filter((commit) => reverted.has(commit)) };
    }),
  );
}

/**
 * The commits between the two whose content is to go, the newest first. Of each merge, the line that it was merged into:
 * taking the merge back takes back all that it brought. What takes back another commit of the range stays: to take that
 * back would bring the other one again. So do post-mortems of earlier rollbacks.
 */
async function commitsToRevert(clone: ProjectClone, { good, bad }: Reversion): Promise<string[]> {
  if (await isAncestor(clone, bad, good)) return [];
  if (!(await isAncestor(clone, good, bad))) {
    throw new GraveshiftError(
      'SyncFailure',
      `${bad.slice(0, 12)} did not grow from ${good.slice(0, 12)}, so there is no list of commits that lead from one to ` +
        'the other: was the history rewritten in between? Take the change back by hand, then retry or skip the step.',
      { details: { good, bad } },
    );
  }
  const out = await clone.git.text(['rev-list', '--first-parent', '--parents', `${good}..${bad}`], {
    signal: clone.signal,
  });
  const toGo = await contentOf(clone, `${good}..${bad}`);
  const commits: string[] = [];
  for (const line of linesOf(out)) {
    const [commit = '', parent = '', ...merged] = line.split(' ');
    const brought =
      merged.length === 0 ? [commit] : await listIds(clone, '--no-merges', commit, `^${parent}`, `^${good}`);
    if (brought.some((each) => toGo.has(each))) commits.push(commit);
  }
  return commits;
}

/** The commits of the range, without merges, that are neither pages of the record nor reverts of others of the range. */
async function contentOf(clone: ProjectClone, range: string): Promise<Set<string>> {
  const pages = `:(exclude)${postMortemFolder}`;
  const [all, changes, reverts] = await Promise.all([
    listIds(clone, range),
    listIds(clone, '--full-history', '--no-merges', range, '--', '.', pages),
    readReverts(clone, range),
  ]);
  const within = new Set(all);
  const takesBack = (commit: string): boolean => {
    const originals = reverts.get(commit) ?? [];
    return originals.length > 0 && originals.every((original) => within.has(original));
  };
  return new Set(changes.filter((commit) => !takesBack(commit)));
}

async function listIds({ git, signal }: ProjectClone, ...args: string[]): Promise<string[]> {
  return linesOf(await git.text(['rev-list', ...args], { signal }));
}

/** What is done already comes first, then a branch before those that grew from it: the rest can take over its reverts. */
async function inOrder(
  clone: ProjectClone,
  input: Reversion,
  range: readonly string[],
): Promise<{ branch: string; before: string; isDone: boolean }[]> {
  const found: { branch: string; before: string; isDone: boolean; size: number }[] = [];
  for (const branch of input.branches) {
    const before = await commitOf(clone, branchRef(branch));
    if (before === undefined) continue;
    const size = Number(await clone.git.text(['rev-list', '--count', before], { signal: clone.signal }));
    const isDone = (await commitsLeft(clone, input.good, before, range)).length === 0;
    found.push({ branch, before, isDone, size });
  }
  return found.sort((a, b) => Number(b.isDone) - Number(a.isDone) || a.size - b.size);
}

/** The commits of the range that the tip holds and does not take back. */
async function commitsLeft(
  clone: ProjectClone,
  good: string,
  tip: string,
  range: readonly string[],
): Promise<string[]> {
  const held = new Set(await listIds(clone, `${good}..${tip}`));
  const reverted = await findReverted(clone, `${good}..${tip}`);
  return range.filter((commit) => held.has(commit) && !reverted.has(commit));
}

/** The tip with another branch's reverts merged in, where these are all that it lacks of that branch. */
async function joinReverts(
  clone: ProjectClone,
  input: Reversion,
  tip: string,
  context: { lines: readonly Line[]; range: readonly string[]; branch: string },
): Promise<string> {
  const { lines, range, branch } = context;
  for (const other of lines) {
    const missing = [...(await readReverts(clone, `${tip}..${other.tip}`, '--no-merges')).values()];
    const areReverts = missing.every(
      (originals) => originals.length > 0 && originals.every((commit) => range.includes(commit)),
    );
    if (missing.length === 0 || !areReverts) continue;
    if (await isAncestor(clone, tip, other.tip)) return other.tip;
    const base = await clone.git.text(['merge-base', tip, other.tip], { signal: clone.signal });
    const merged = await mergeTrees(clone, base.trim(), tip, other.tip);
    if ('conflicts' in merged)
      throw conflict(branch, `what ${other.branch} takes back`, merged.conflicts, input);
    const message = `chore: merge what ${other.branch} takes back\n\n${runTrailer}: ${input.runId}\n`;
    return await commitTree(clone, merged.tree, [tip, other.tip], message);
  }
  return tip;
}

/** The tip after a revert commit for each commit of the range that the branch holds and has not taken back. */
async function revertOn(
  clone: ProjectClone,
  input: Reversion,
  { branch, tip, range }: { branch: string; tip: string; range: readonly string[] },
): Promise<string> {
  let newTip = tip;
  for (const commit of await commitsLeft(clone, input.good, tip, range)) {
    const subject = (
      await clone.git.text(['log', '-1', '--format=%s', commit], { signal: clone.signal })
    ).trim();
    const merged = await mergeTrees(clone, commit, newTip, `${commit}^1`);
    if ('conflicts' in merged) {
      throw conflict(branch, `${commit.slice(0, 12)} (${subject})`, merged.conflicts, input);
    }
    newTip = await commitTree(clone, merged.tree, [newTip], messageOf(input, commit, subject));
  }
  return newTip;
}

async function commitTree(
  { git, signal }: ProjectClone,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  return (await git.text(args, { signal, input: message })).trim();
}

function messageOf({ runId, reason }: Reversion, commit: string, subject: string): string {
  const header = `revert: ${subject}`.slice(0, 72).trimEnd();
  const why = reason.replaceAll(/[\s\0]+/g, ' ').trim();
  const trailers = `${runTrailer}: ${runId}\n${revertsTrailer}: ${commit}\n`;
  return [header, ...(why === '' ? [] : [why]), `This reverts commit ${commit}.`, trailers].join('\n\n');
}

function conflict(
  branch: string,
  what: string,
  files: readonly string[],
  { good, bad }: Reversion,
): GraveshiftError {
  const shown = files.slice(0, 10);
  const more = files.length > shown.length ? ` and ${files.length - shown.length} more` : '';
  return new GraveshiftError(
    'SyncFailure',
    `Git cannot take ${what} back on ${branch} without a person: ${shown.join(', ')}${more} changed after it. Nothing was ` +
      `pushed. Run \`git revert\` on ${branch} for the commits ${good.slice(0, 12)}..${bad.slice(0, 12)}, settle the ` +
      'conflicts, push, and retry the step: what is reverted by then is left alone.',
    { details: { branch, files: shown, good, bad } },
  );
}
