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
