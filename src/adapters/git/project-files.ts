import { GraveshiftError } from '../../domain/failure.js';
import type { ProjectFiles } from '../../domain/project.js';
import type { ProjectRegistry, RegisteredProject } from '../projects/registry.js';
import type { ProjectClones, Repository } from './project-clone.js';
import { hasCommit } from './refs.js';
import { modes, readTree } from './tree.js';

export type CommittedFilesOptions = {
  registry: ProjectRegistry;
  clones: ProjectClones;
};

/** The committed files of the registered projects. Links are followed inside the project, never out of it. */
export function createProjectFiles({ registry, clones }: CommittedFilesOptions): ProjectFiles {
  return {
    async read(name, commit, path) {
      // Git reads one name a line here; no file that Rojo or we know of has a line break in its name.
      if (/[\r\n\0]/.test(path)) return undefined;
      const project = await registry.get(name);
      const present = await clones.present(project, undefined);
      const found = present && (await readBlob(present, commit, path));
      return found ?? (await readBlob(await cloneWith(clones, project, commit), commit, path));
    },

    async list(name, commit, folder) {
      const clone = await cloneWith(clones, await registry.get(name), commit);
      const tree = await readTree(clone, commit, folder === '.' ? undefined : folder);
      return [...tree].flatMap(([path, { mode }]) => (mode === modes.submodule ? [] : [path])).sort();
    },
  };
}

/** The clone, fetched first where it does not have the commit yet. */
export async function cloneWith(
  clones: ProjectClones,
  project: RegisteredProject,
  commit: string,
  signal?: AbortSignal,
): Promise<Repository> {
  const present = await clones.present(project, signal);
  if (present && (await hasCommit(present, commit))) return present;
  return await clones.fetched(project, signal, async ({ git, signal: held }) => {
    await requireCommit({ git, signal: held }, project, commit);
    return { git, signal };
  });
}

export async function requireCommit(
  clone: Repository,
  project: RegisteredProject,
  commit: string,
): Promise<void> {
  if (await hasCommit(clone, commit)) return;
  throw new GraveshiftError(
    'SyncFailure',
    `${project.repository} has no commit ${commit} on its branches. Was its history rewritten since the run ` +
      `started? Expected the full id of a commit; start the run again to work on what is there now.`,
    { details: { project: project.name, commit } },
  );
}

/** Undefined where the commit has no such file, and where a link leads nowhere in the project. */
async function readBlob(
  { git, signal }: Repository,
  commit: string,
  path: string,
): Promise<Uint8Array | undefined> {
  const answer = await git.bytes(['cat-file', '--batch', '--follow-symlinks'], {
    signal,
    input: `${commit}:${path}\n`,
  });
  const lineEnd = answer.indexOf('\n');
  const [object, type, bytes] = answer.subarray(0, lineEnd).toString('utf8').split(' ');
  const isBlob = /^[0-9a-f]{40,64}$/.test(object ?? '') && type === 'blob';
  return isBlob ? new Uint8Array(answer.subarray(lineEnd + 1, lineEnd + 1 + Number(bytes))) : undefined;
}
