import { invalidInput } from '../../domain/failure.js';
import type { ProjectClone } from './project-clone.js';

/** First line of a pointer file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const pointerStart = 'version https://git-lfs.github.com/spec/v1\n';
/** A pointer is shorter than this, by the same specification. */
const longestPointer = 1024;

/**
 * Refuses files that `.gitattributes` (as the index has it) keeps in LFS. Written as they are they would sit in Git
 * itself, and every checkout would report them as changed. A pointer is what belongs there, and passes.
 *
 * @param objects path → Git's object
 * @throws InvalidInput that lists them
 */
export async function refuseLargeFiles(
  { git, signal }: ProjectClone,
  environment: Record<string, string>,
  objects: ReadonlyMap<string, string>,
): Promise<void> {
  if (objects.size === 0) return;
  const out = await git.text(['check-attr', '--cached', '-z', '--stdin', 'filter'], {
    signal,
    environment,
    input: [...objects.keys()].map((path) => `${path}\0`).join(''),
  });
  const fields = out.split('\0');
  const problems = [];
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const path = fields[index] ?? '';
    const object = objects.get(path);
    if (fields[index + 2] !== 'lfs' || object === undefined) continue;
    const content = await git.bytes(['cat-file', 'blob', object], { signal });
    if (content.length < longestPointer && content.toString('utf8').startsWith(pointerStart)) continue;
    problems.push({
      field: path,
      value: `${String(content.length)} bytes, and .gitattributes keeps this path in LFS`,
      remedy: `add the line "${path} -filter -diff -merge" to .gitattributes: what Graveshift writes is small and belongs in Git`,
    });
  }
  if (problems.length > 0) throw invalidInput('the change set', problems);
}
