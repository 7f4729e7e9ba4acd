import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { GraveshiftError } from '../../domain/failure.js';
import type { Repository } from './project-clone.js';
import { modes } from './tree.js';

export type MergedTree = { tree: string } | { conflicts: string[] };

type Side = { mode: string; object: string };
type Unmerged = { base?: Side; ours?: Side; theirs?: Side };

/**
 * Merges what changed from `base` to `theirs` into `ours`: file by file, in an index of its own, without a checkout and
 * its filters. Renames are not followed: a file that was renamed on one side and changed on the other is a conflict.
 */
export async function mergeTrees(
  { git, signal }: Repository,
  base: string,
  ours: string,
  theirs: string,
): Promise<MergedTree> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'graveshift-merge-'));
  const environment = { GIT_INDEX_FILE: path.join(scratch, 'index') };
  const options = { signal, environment };
  try {
    await git.text(['read-tree', '-i', '-m', '--aggressive', base, ours, theirs], options);
    const unmerged = parseUnmerged(await git.text(['ls-files', '-u', '-z'], options));
    const conflicts: string[] = [];
    const resolved: string[] = [];
    for (const [file, sides] of unmerged) {
      const merged = await mergeFile({ git, signal }, scratch, sides);
      if (merged === undefined) conflicts.push(file);
      else resolved.push(`0 ${'0'.repeat(40)}\t${file}\0${merged.mode} ${merged.object}\t${file}\0`);
    }
    if (conflicts.length > 0) return { conflicts };
    // Given an empty input, Git would wait for a longer one.
    if (resolved.length > 0) {
      await git.text(['update-index', '-z', '--index-info'], { ...options, input: resolved.join('') });
    }
    return { tree: (await git.text(['write-tree'], options)).trim() };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `<mode> <object> <stage>\t<path>`: stage 1 is the base, 2 ours, 3 theirs. */
function parseUnmerged(listing: string): Map<string, Unmerged> {
  const files = new Map<string, Unmerged>();
  for (const record of listing.split('\0')) {
    const [mode, object, stage, file] = /^(\d+) ([0-9a-f]+) ([123])\t(.+)$/s.exec(record)?.slice(1) ?? [];
    if (mode === undefined || object === undefined || file === undefined) continue;
    const name = stage === '1' ? 'base' : stage === '2' ? 'ours' : 'theirs';
    files.set(file, { ...files.get(file), [name]: { mode, object } });
  }
  return files;
}

/** Undefined where a person must decide: lines that both changed, bytes that are no text, a file that one side removed. */
async function mergeFile(
  { git, signal }: Repository,
  scratch: string,
  { base, ours, theirs }: Unmerged,
): Promise<Side | undefined> {
  if (!base || !ours || !theirs) return undefined;
  const isFile = ({ mode }: Side): boolean => mode === modes.file || mode === modes.executable;
  if (![base, ours, theirs].every(isFile)) return undefined;
  const names = await Promise.all(
    Object.entries({ ours, base, theirs }).map(async ([name, { object }]) => {
      const file = path.join(scratch, name);
      await writeFile(file, await git.bytes(['cat-file', 'blob', object], { signal }));
      return file;
    }),
  );
  try {
    await git.text(['merge-file', '--quiet', ...names], { signal });
  } catch (error) {
    // Its status is the number of conflicts; files that are no text end it as well.
    if (error instanceof GraveshiftError && error.kind === 'SyncFailure') return undefined;
    throw error;
  }
  const [merged = ''] = names;
  const object = await git.text(['hash-object', '-w', '--no-filters', '--', merged], { signal });
  return { mode: ours.mode === base.mode ? theirs.mode : ours.mode, object: object.trim() };
}
