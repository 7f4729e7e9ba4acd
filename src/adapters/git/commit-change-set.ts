import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CommitMessage } from '../../domain/activities.js';
import type { ArtifactRef } from '../../domain/artifact.js';
import type { ChangeSet } from '../../domain/change-set.js';
import { GraveshiftError } from '../../domain/failure.js';
import { changeTrailer, formatCommitMessage, runTrailer } from './commit-message.js';
import { refuseLargeFiles } from './large-files.js';
import type { ProjectClone } from './project-clone.js';
import { branchRef, push, requireRunBranch } from './push.js';
import { commitOf, isAncestor, linesOf } from './refs.js';
import { checkFits, modes, readTree, type TreeEntry } from './tree.js';

export type ChangeSetCommit = {
  runId: string;
  baseCommit: string;
  changeSet: ChangeSet;
  /** The change set's digest. */
  digest: string;
  message: CommitMessage;
  content: (artifact: ArtifactRef) => Promise<Uint8Array>;
};

export type CommittedChangeSet = {
  commit: string;
  branch: string;
  stat: { files: number; insertions: number; deletions: number };
};

/**
 * Commits the change set over its base and pushes it on the run's branch. Written straight into Git's tree: no
 * checkout, no filters, no line-end conversion, so that what is committed is what was checked, byte for byte, and
 * pointers to large files stay as they are.
 */
export async function commitChangeSet(
  clone: ProjectClone,
  input: ChangeSetCommit,
): Promise<CommittedChangeSet> {
  const branch = await requireRunBranch(clone, input.runId);
  const tip = await commitOf(clone, branchRef(branch));
  if (tip !== undefined && !(await isAncestor(clone, input.baseCommit, tip))) {
    throw new GraveshiftError(
      'SyncFailure',
      `The branch ${branch} did not grow from ${input.baseCommit}, the commit that this run works on: somebody ` +
        `else made or moved it. Rename or delete it in the remote, then retry the step.`,
      { details: { branch, tip, baseCommit: input.baseCommit } },
    );
  }
  const present = tip === undefined ? undefined : await findCommit(clone, tip, input);
  const commit = present ?? (await makeCommit(clone, tip ?? input.baseCommit, input));
  if (present === undefined) await push(clone, [{ ref: branchRef(branch), object: commit }]);
  return { commit, branch, stat: await statOf(clone, input.baseCommit, commit) };
}

/** The commit that an earlier attempt pushed. */
async function findCommit(
  { git, signal }: ProjectClone,
  tip: string,
  { baseCommit, runId, digest }: ChangeSetCommit,
): Promise<string | undefined> {
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x2C)`;
  const format = `%H%x09${trailer(runTrailer)}%x09${trailer(changeTrailer)}`;
  const out = await git.text(['log', `--format=${format}`, `${baseCommit}..${tip}`], { signal });
  const own = linesOf(out)
    .map((line) => line.split('\t'))
    .find(([, run, change]) => run === runId && change === digest);
  return own?.[0];
}

export async function makeCommit(
  clone: ProjectClone,
  parent: string,
  input: ChangeSetCommit,
): Promise<string> {
  const { changeSet, baseCommit } = input;
  const message = formatCommitMessage(input.message, input);
  const tree = await readTree(clone, baseCommit);
  checkFits(changeSet, tree);
  const scratch = await mkdtemp(path.join(tmpdir(), 'graveshift-commit-'));
  try {
    const environment = { GIT_INDEX_FILE: path.join(scratch, 'index') };
    const { git, signal } = clone;
    await git.text(['read-tree', baseCommit], { signal, environment });
    const objects = await writeObjects(clone, scratch, input);
    await git.text(['update-index', '-z', '--index-info'], {
      signal,
      environment,
      input: indexLines(changeSet, objects, tree),
    });
    await refuseLargeFiles(clone, environment, objects);
    const written = (await git.text(['write-tree'], { signal, environment })).trim();
    const commit = await git.text(['commit-tree', written, '-p', parent, '-F', '-'], {
      signal,
      input: message,
    });
    return commit.trim();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Path → Git's object, of every file that the change set writes. */
async function writeObjects(
  { git, signal }: ProjectClone,
  scratch: string,
  { changeSet, content }: ChangeSetCommit,
): Promise<Map<string, string>> {
  const entries = Object.entries(changeSet.files);
  if (entries.length === 0) return new Map();
  const names: string[] = [];
  for (const [index, [, artifact]] of entries.entries()) {
    const name = path.join(scratch, String(index));
    await writeFile(name, await content(artifact));
    names.push(`${name.replaceAll(path.sep, '/')}\n`);
  }
  const out = await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
    signal,
    input: names.join(''),
  });
  const objects = linesOf(out);
  return new Map(entries.map(([file], index) => [file, objects[index] ?? '']));
}

/** Removals first, so that a file may make room for a folder. */
function indexLines(
  { removals }: ChangeSet,
  objects: ReadonlyMap<string, string>,
  tree: ReadonlyMap<string, TreeEntry>,
): string {
  const nothing = '0'.repeat(40);
  const removed = removals.map((file) => `0 ${nothing}\t${file}\0`);
  const written = [...objects].map(([file, object]) => {
    const mode = tree.get(file)?.mode === modes.executable ? modes.executable : modes.file;
    return `${mode} ${object}\t${file}\0`;
  });
  return [...removed, ...written].join('');
}

async function statOf(
  { git, signal }: ProjectClone,
  base: string,
  commit: string,
): Promise<CommittedChangeSet['stat']> {
  const out = await git.text(['diff-tree', '-r', '--numstat', '--no-renames', base, commit], { signal });
  const stat = { files: 0, insertions: 0, deletions: 0 };
  for (const line of linesOf(out)) {
    // Binary files have "-" for both.
    const [insertions = '0', deletions = '0'] = line.split('\t');
    stat.files += 1;
    stat.insertions += Number(insertions) || 0;
    stat.deletions += Number(deletions) || 0;
  }
  return stat;
}
