import { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import { projectConfigSchema } from '../../domain/project.js';
import type { RegisteredProject } from '../projects/registry.js';
import { missingConfig, parseConfigJson, projectConfigPath } from '../projects/project-config.js';
import type { ProjectClone } from './project-clone.js';
import { branchRef } from './push.js';
import { branches, commitOf, isAncestor } from './refs.js';

export type ProjectCommits = {
  /** Tip of the main branch. */
  main: string;
  /** Tip of the staging branch; absent where there is none yet. */
  next?: string;
  /** Where a run starts: `next`, or `main` where that already holds all of `next`. */
  base: string;
  branches: { main: string; next: string };
};

const branchesSchema = z.looseObject({ branches: projectConfigSchema.shape.branches });

/** @throws InvalidInput where the project has no commits, or not the branch that it names */
export async function resolveCommits(
  clone: ProjectClone,
  project: RegisteredProject,
): Promise<ProjectCommits> {
  const head = await headOf(clone);
  const known = await branches(clone);
  if (known.length === 0) throw noCommits(project);
  const named = head === undefined ? undefined : await branchNames(clone, head);
  const names = named ?? branchesSchema.parse({}).branches;
  const main = await commitOf(clone, branchRef(names.main));
  if (main === undefined) {
    throw named || head === undefined ? noMain(project, names.main, known) : missingConfig(head);
  }
  const next = await commitOf(clone, branchRef(names.next));
  if (next === undefined) return { main, base: main, branches: names };
  // Work that people put on main after the last publish belongs into the next night.
  const base = (await isAncestor(clone, next, main)) ? main : next;
  return { main, next, base, branches: names };
}

/** The commit that the remote's HEAD names: what a fresh clone of it would show. */
async function headOf({ git, signal }: ProjectClone): Promise<string | undefined> {
  const out = await git.text(['ls-remote', 'origin', 'HEAD'], { signal });
  return /^([0-9a-f]{40,64})\tHEAD$/m.exec(out)?.[1];
}

async function branchNames(
  { git, signal }: ProjectClone,
  commit: string,
): Promise<ProjectCommits['branches'] | undefined> {
  const listed = await git.text(['ls-tree', '--name-only', '--full-tree', commit, '--', projectConfigPath], {
    signal,
  });
  if (listed === '') return undefined;
  const text = await git.text(['cat-file', 'blob', `${commit}:${projectConfigPath}`], { signal });
  return parseInput(branchesSchema, projectConfigPath, parseConfigJson(text)).branches;
}

function noCommits({ name, repository }: RegisteredProject): Error {
  return invalidInput(`the project "${name}"`, [
    {
      field: 'repository',
      value: `${repository}, which has no commits`,
      remedy: 'commit the game and its graveshift.json, and push them, then start the run again',
    },
  ]);
}

function noMain({ name, repository }: RegisteredProject, main: string, known: readonly string[]): Error {
  return invalidInput(`the project "${name}"`, [
    {
      field: 'branches.main',
      value: `"${main}", which ${repository} does not have`,
      remedy: `expected one of its branches (${known.slice(0, 10).join(', ')}): name it in graveshift.json, {"branches": {"main": "…"}}`,
    },
  ]);
}
