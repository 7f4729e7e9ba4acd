import type { ChangeSet } from '../../domain/change-set.js';
import { invalidInput, type InputProblem } from '../../domain/failure.js';
import type { Repository } from './project-clone.js';

/** Git's modes of tree entries; the rest (`40000` folders) do not appear in a recursive listing. */
export const modes = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  submodule: '160000',
} as const;

export type TreeEntry = { mode: string; object: string };

/** Every file of the commit, or of one of its folders, by its path from the root. */
export async function readTree(
  { git, signal }: Repository,
  commit: string,
  folder?: string,
): Promise<Map<string, TreeEntry>> {
  const within = folder === undefined ? [] : ['--', `${folder}/`];
  const out = await git.text(['ls-tree', '-r', '-z', '--full-tree', commit, ...within], { signal });
  const tree = new Map<string, TreeEntry>();
  for (const record of out.split('\0')) {
    const nameAt = record.indexOf('\t') + 1;
    const [mode, , object] = record.slice(0, Math.max(0, nameAt - 1)).split(' ');
    if (mode !== undefined && object !== undefined) tree.set(record.slice(nameAt), { mode, object });
  }
  return tree;
}

/**
 * Proves that the change set can be written into the tree as it says: never through a symlink or into a submodule
 * (out of the project), never a file where a folder is.
 *
 * @throws InvalidInput that lists every path in the way
 */
export function checkFits(changeSet: ChangeSet, tree: ReadonlyMap<string, TreeEntry>): void {
  const removed = new Set(changeSet.removals);
  const folders = new Set<string>();
  const spellings = new Map<string, string>();
  for (const path of tree.keys()) {
    if (removed.has(path)) continue;
    for (const known of [path, ...parentsOf(path)]) spellings.set(known.toLowerCase(), known);
    for (const parent of parentsOf(path)) folders.add(parent);
  }
  const paths = Object.keys(changeSet.files);
  for (const path of paths) for (const parent of parentsOf(path)) folders.add(parent);

  const problems: InputProblem[] = [];
  const report = (field: string, value: string, remedy: string): void =>
    void problems.push({ field, value, remedy });
  for (const path of paths) {
    if (removed.has(path)) report(path, 'both written and removed', 'expected one of the two');
    for (const known of [...parentsOf(path), path]) {
      const kind = obstacle(tree.get(known), known === path);
      if (kind !== undefined && !removed.has(known)) {
        report(
          path,
          `${known} is ${kind} in the project`,
          `rename it, or choose another folder in graveshift.json`,
        );
      }
      const spelling = spellings.get(known.toLowerCase());
      if (spelling !== undefined && spelling !== known) {
        report(
          path,
          `${spelling} differs only by case`,
          'spell it the same: Windows and macOS take them for one',
        );
      }
    }
    if (folders.has(path))
      report(path, 'a folder in the project', 'a file cannot take the place of a folder');
  }
  for (const path of removed) {
    if (!tree.has(path) && folders.has(path)) report(path, 'a folder', 'removals name files, one by one');
  }
  if (problems.length > 0) throw invalidInput('the change set', problems);
}

function obstacle(entry: TreeEntry | undefined, isTarget: boolean): string | undefined {
  if (!entry) return undefined;
  if (entry.mode === modes.symlink) return 'a symlink';
  if (entry.mode === modes.submodule) return 'a submodule';
  return isTarget ? undefined : 'a file';
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
