import type { Repository } from './project-clone.js';

/** Names the commit that this one takes back. */
export const revertsTrailer = 'Graveshift-Reverts';

/** Ours, and the line that `git revert` writes. */
const revertLine = new RegExp(`^(?:${revertsTrailer}: |This reverts commit )([0-9a-f]{40,64})`, 'gm');

/** Every commit of the range, the oldest first, with the commits that it takes back. */
export async function readReverts(
  { git, signal }: Repository,
  range: string,
  ...options: string[]
): Promise<Map<string, string[]>> {
  const out = await git.text(['log', '--reverse', '--topo-order', '--format=%H%n%B%x00', ...options, range], {
    signal,
  });
  const reverts = new Map<string, string[]>();
  for (const entry of out.split('\0')) {
    const [, commit, body = ''] = /^\s*([0-9a-f]{40,64})\n(.*)$/s.exec(entry) ?? [];
    if (commit === undefined) continue;
    reverts.set(commit, [...new Set([...body.matchAll(revertLine)].map(([, taken = '']) => taken))]);
  }
  return reverts;
}

/** The commits that the range takes back; a revert that was reverted itself does not count. */
export async function findReverted(repository: Repository, range: string): Promise<Set<string>> {
  const reverts = await readReverts(repository, range);
  const taken = new Set<string>();
  for (const originals of reverts.values()) {
    for (const original of originals) {
      const undone = reverts.get(original) ?? [];
      if (undone.length === 0) taken.add(original);
      else undone.forEach((commit) => taken.delete(commit));
    }
  }
  return taken;
}
