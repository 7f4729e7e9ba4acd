import type { Repository } from './project-clone.js';

/** The commit that the full name of a branch or tag, such as `refs/heads/main`, points to, or undefined. */
export async function commitOf({ git, signal }: Repository, name: string): Promise<string | undefined> {
  const format = '%(refname) %(objectname) %(*objectname)';
  // The pattern finds what is below the name too.
  const out = linesOf(await git.text(['for-each-ref', `--format=${format}`, name], { signal }));
  const [, own, peeled] = out.map((line) => line.split(' ')).find(([found]) => found === name) ?? [];
  return peeled === undefined || peeled === '' ? own : peeled;
}

/** True when the clone has the commit. */
export async function hasCommit({ git, signal }: Repository, commit: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return false;
  const answer = await git.text(['cat-file', '--batch-check=%(objecttype)'], {
    signal,
    input: `${commit}\n`,
  });
  return answer.trim() === 'commit';
}

/** True when `ancestor` is `descendant` or one of the commits that it grew from. */
export async function isAncestor(
  { git, signal }: Repository,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  const missing = await git.text(['rev-list', '--count', '--max-count=1', ancestor, `^${descendant}`], {
    signal,
  });
  return missing.trim() === '0';
}

/** The commit that a full id, its first digits, a tag or a branch names; undefined where it names none, or several. */
export async function resolveRevision(repository: Repository, revision: string): Promise<string | undefined> {
  if (/^[0-9a-f]{7,64}$/.test(revision)) {
    const answer = await repository.git.text(['cat-file', '--batch-check=%(objecttype) %(objectname)'], {
      signal: repository.signal,
      input: `${revision}\n`,
    });
    const commit = /^commit ([0-9a-f]+)$/.exec(answer.trim())?.[1];
    if (commit !== undefined) return commit;
  }
  // A pattern would match more than one name.
  if (/[*?[\\\s]/.test(revision)) return undefined;
  return (
    (await commitOf(repository, `refs/tags/${revision}`)) ??
    (await commitOf(repository, `refs/heads/${revision}`))
  );
}

/** Git's tree of the commit. */
export async function treeOf({ git, signal }: Repository, commit: string): Promise<string> {
  return (await git.text(['rev-parse', `${commit}^{tree}`], { signal })).trim();
}

/** Commits of people and runs, merges aside, that `descendant` lacks of `other`; the newest first. */
export async function commitsMissing(
  { git, signal }: Repository,
  descendant: string,
  other: string,
): Promise<string[]> {
  return linesOf(await git.text(['rev-list', '--no-merges', other, `^${descendant}`], { signal }));
}

/** Short names of the branches that hold the commit. */
export async function branchesWith({ git, signal }: Repository, commit: string): Promise<string[]> {
  return linesOf(
    await git.text(['for-each-ref', '--format=%(refname:lstrip=2)', `--contains=${commit}`, 'refs/heads'], {
      signal,
    }),
  );
}

/** Short names of the branches, such as `graveshift/next`. */
export async function branches({ git, signal }: Repository): Promise<string[]> {
  return linesOf(await git.text(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'], { signal }));
}

/** Tags with the commits that they name. */
export async function tags({ git, signal }: Repository): Promise<{ name: string; commit: string }[]> {
  const out = await git.text(
    ['for-each-ref', '--format=%(refname:lstrip=2) %(objectname) %(*objectname)', 'refs/tags'],
    { signal },
  );
  return linesOf(out).map((line) => {
    const [name = '', own = '', peeled = ''] = line.split(' ');
    return { name, commit: peeled === '' ? own : peeled };
  });
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
