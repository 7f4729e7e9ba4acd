import type { ProjectRegistry } from '../projects/registry.js';
import type { ProjectClones, Repository } from './project-clone.js';
import { cloneWith } from './project-files.js';
import { linesOf } from './refs.js';
import { modes, readTree } from './tree.js';

/** The commits that `commit` has and `since` has not; all of its history without `since`. */
export type CommitRange = { since?: string | undefined; commit: string };

export type ProjectBlob = {
  /** Git's id of the bytes. */
  object: string;
  /** Where the bytes are in the commit; where they were first, if they are in it no more. */
  paths: string[];
  /** False for what a later commit of the range changed or removed: whoever has the repository can still read it. */
  inTree: boolean;
  bytes: Uint8Array;
};

export interface ProjectChanges {
  /** Paths that differ between the two commits, removed ones too, sorted; all files without `since`. */
  changedPaths(
    project: string,
    range: CommitRange,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<string[]>;
  /**
   * Visits every file of the commit, and every version of a file that the range's commits brought: equal bytes once.
   * @param options.only chooses by path; all by default
   * @returns what was too large to be read, with its size
   */
  visitBlobs(
    project: string,
    range: CommitRange,
    visit: (blob: ProjectBlob) => void,
    options?: { signal?: AbortSignal | undefined; only?: (path: string) => boolean },
  ): Promise<{ visited: number; tooLarge: { path: string; bytes: number }[] }>;
}

/** Bytes that are held at once; a single file may take more. */
const batchBytes = 16 * 1024 * 1024;
/** A file of more bytes is named and not read. */
const largestBlob = 64 * 1024 * 1024;

export function createProjectChanges({
  registry,
  clones,
}: {
  registry: ProjectRegistry;
  clones: ProjectClones;
}): ProjectChanges {
  async function cloneWithRange(name: string, { since, commit }: CommitRange, signal?: AbortSignal) {
    const project = await registry.get(name);
    if (since !== undefined) await cloneWith(clones, project, since, signal);
    return await cloneWith(clones, project, commit, signal);
  }

  return {
    async changedPaths(name, { since, commit }, { signal } = {}) {
      const clone = await cloneWithRange(name, { since, commit }, signal);
      if (since === undefined) return [...(await readTree(clone, commit)).keys()].sort();
      const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', since, commit];
      const out = await clone.git.text(args, { signal: clone.signal });
      return out
        .split('\0')
        .filter((path) => path !== '')
        .sort();
    },

    async visitBlobs(name, range, visit, { signal, only = () => true } = {}) {
      const clone = await cloneWithRange(name, range, signal);
      const found = await findBlobs(clone, range, only);
      const tooLarge = found.filter(({ bytes }) => bytes > largestBlob);
      const readable = found.filter(({ bytes }) => bytes <= largestBlob);
      for (const batch of batches(readable)) await readBatch(clone, batch, visit);
      return {
        visited: readable.length,
        tooLarge: tooLarge.map(({ paths: [path = ''], bytes }) => ({ path, bytes })),
      };
    },
  };
}

type FoundBlob = Omit<ProjectBlob, 'bytes'> & { bytes: number };

async function findBlobs(
  { git, signal }: Repository,
  { since, commit }: CommitRange,
  only: (path: string) => boolean,
): Promise<FoundBlob[]> {
  const known = new Map<string, { paths: string[]; inTree: boolean }>();
  for (const [path, { mode, object }] of await readTree({ git, signal }, commit)) {
    // A link's bytes are a path; what it leads to is a file of its own.
    const isFile = mode === modes.file || mode === modes.executable;
    if (!isFile || !only(path)) continue;
    const blob = known.get(object);
    if (blob === undefined) known.set(object, { paths: [path], inTree: true });
    else blob.paths.push(path);
  }
  // Folders are listed too; types are asked for together with sizes.
  const range = since === undefined ? [commit] : [commit, `^${since}`];
  for (const line of linesOf(await git.text(['rev-list', '--objects', ...range], { signal }))) {
    const space = line.indexOf(' ');
    if (space < 0 || known.has(line.slice(0, space))) continue;
    const path = line.slice(space + 1);
    if (only(path)) known.set(line.slice(0, space), { paths: [path], inTree: false });
  }
  if (known.size === 0) return [];
  const answer = await git.text(['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'], {
    signal,
    input: `${[...known.keys()].join('\n')}\n`,
  });
  return linesOf(answer).flatMap((line) => {
    const [object = '', type, bytes] = line.split(' ');
    const blob = known.get(object);
    return type === 'blob' && blob !== undefined ? [{ object, ...blob, bytes: Number(bytes) }] : [];
  });
}

function* batches(blobs: readonly FoundBlob[]): Generator<FoundBlob[]> {
  let batch: FoundBlob[] = [];
  let total = 0;
  for (const blob of blobs) {
    if (batch.length > 0 && total + blob.bytes > batchBytes) {
      yield batch;
      batch = [];
      total = 0;
    }
    batch.push(blob);
    total += blob.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** Git answers `<object> blob <size>`, a line break, the bytes and a line break for each line of input, in order. */
async function readBatch(
  { git, signal }: Repository,
  batch: readonly FoundBlob[],
  visit: (blob: ProjectBlob) => void,
): Promise<void> {
  const answer = await git.bytes(['cat-file', '--batch'], {
    signal,
    input: `${batch.map(({ object }) => object).join('\n')}\n`,
  });
  let at = 0;
  for (const { bytes, ...blob } of batch) {
    const start = answer.indexOf('\n', at) + 1;
    visit({ ...blob, bytes: new Uint8Array(answer.subarray(start, start + bytes)) });
    at = start + bytes + 1;
  }
}
