import type { ProjectChanges } from '../../adapters/git/index.js';
import type { ProjectFiles } from '../../domain/project.js';

/** All files of a commit: path → bytes of its Luau, `undefined` for every other file. */
export async function readCommit(
  git: ProjectFiles & Pick<ProjectChanges, 'visitBlobs'>,
  project: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, Uint8Array | undefined>> {
  const paths = await git.list(project, commit, '.');
  const files = new Map<string, Uint8Array | undefined>(paths.map((path) => [path, undefined]));
  // Nothing lies between a commit and itself: these are the files of its tree.
  const range = { since: commit, commit };
  await git.visitBlobs(
    project,
    range,
    ({ paths: same, bytes }) => {
      for (const path of same) files.set(path, bytes);
    },
    { signal, only: (path) => /\.luau?$/.test(path) },
  );
  return files;
}
