import { changeTrailer, runTrailer } from './commit-message.js';
import type { Repository } from './project-clone.js';
import { linesOf } from './refs.js';

export type CommitSummary = {
  commit: string;
  subject: string;
  /** The name in the commit; addresses stay in Git. */
  author: string;
  /** ISO 8601, with the author's offset. */
  authoredAt: string;
  /** Run that made it, where one did. */
  runId?: string;
  /** Paths that it changed, sorted as Git lists them. */
  files: string[];
};

/** Nothing of Git's own output contains it. */
const recordMark = '\u001e';
const fieldMark = '\u001f';

/** The commits that `to` has and `from` has not, the newest first. */
export async function listCommits(
  { git, signal }: Repository,
  { from, to, most }: { from: string; to: string; most: number },
): Promise<{ commits: CommitSummary[]; total: number }> {
  const range = [to, `^${from}`];
  const total = Number((await git.text(['rev-list', '--count', ...range], { signal })).trim());
  const fields = ['%H', '%s', '%an', '%aI', trailerFormat(runTrailer), ''].join('%x1f');
  const out = await git.text(
    ['log', `--max-count=${String(most)}`, `--format=%x1e${fields}`, '--name-only', ...range],
    { signal, config: ['core.quotePath=false'] },
  );
  const commits = out
    .split(recordMark)
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const [commit = '', subject = '', author = '', authoredAt = '', runId = '', files = ''] =
        record.split(fieldMark);
      return { commit, subject, author, authoredAt, ...(runId !== '' && { runId }), files: linesOf(files) };
    });
  return { commits, total };
}

/** Newest commit of the run that changed something in the folder, with the first path that it changed there. */
export async function findCommitIn(
  { git, signal }: Repository,
  tips: readonly string[],
  { runId, folder }: { runId: string; folder: string },
): Promise<{ commit: string; path: string } | undefined> {
  if (tips.length === 0) return undefined;
  const format = `--format=%H%x1f${trailerFormat(runTrailer)}`;
  const out = await git.text(['log', format, ...tips, '--', `${folder}/`], { signal });
  const commit = linesOf(out)
    .map((line) => line.split(fieldMark))
    .find(([, run]) => run === runId)?.[0];
  if (commit === undefined) return undefined;
  const args = [
    'diff-tree',
    '--no-commit-id',
    '--root',
    '--name-only',
    '-r',
    '-z',
    commit,
    '--',
    `${folder}/`,
  ];
  const [path] = (await git.text(args, { signal })).split('\0');
  return path === undefined || path === '' ? undefined : { commit, path };
}

export function trailerFormat(key: typeof runTrailer | typeof changeTrailer): string {
  return `%(trailers:key=${key},valueonly,separator=%x2C)`;
}
