import { randomUUID } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import { parseInput } from '../../domain/parse-input.js';
import { projectConfigSchema, projectNameSchema } from '../../domain/project.js';
import type { Environment } from '../processes/tool-environment.js';
import { configFileName, packageFiles } from './example-folder.js';
import { commitFirst } from './first-commit.js';

export type CreateProjectOptions = {
  /** Made if it is not there; must be empty if it is. */
  directory: string;
  name: string;
  /** Instead of the example's, whose ids are nobody's. */
  environments?: z.input<typeof projectConfigSchema>['environments'];
  /** A last change to `graveshift.json`, which is validated after it. */
  configure?: (config: Record<string, unknown>) => void;
  /** Environment of Git; this process's when absent. */
  environment?: Environment;
};

const schemaFileName = 'graveshift.schema.json';

/**
 * Makes a new game project from the example: its files, a `graveshift.json` of its own, and a Git repository with one
 * commit on `main`. The directory appears whole or not at all.
 *
 * @throws GraveshiftError `InvalidInput` for a bad name, bad environments, or a directory that is not empty
 */
export async function createProjectFromExample(
  options: CreateProjectOptions,
): Promise<{ directory: string; name: string; commit: string }> {
  const name = parseInput(projectNameSchema, "the project's name", options.name);
  const directory = path.resolve(options.directory);
  await refuseNonEmpty(directory);

  const { example, schema } = packageFiles();
  const config = await exampleConfig(example, { ...options, name });
  const parent = path.dirname(directory);
  await mkdir(parent, { recursive: true });
  // Beside the target, so that renaming it is one step of one file system.
  const draft = path.join(parent, `.${path.basename(directory)}.${randomUUID()}.tmp`);
  try {
    await cp(example, draft, { recursive: true, errorOnExist: true, force: false });
    await copyFile(schema, path.join(draft, schemaFileName));
    await writeFile(path.join(draft, configFileName), `${JSON.stringify(config, null, 2)}\n`);
    await nameRojoProject(path.join(draft, 'default.project.json'), name);
    const commit = await commitFirst(draft, `chore: start ${name}`, options.environment ?? process.env);
    await replaceEmpty(draft, directory);
    return { directory, name, commit };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function exampleConfig(
  example: string,
  { name, environments, configure }: Pick<CreateProjectOptions, 'name' | 'environments' | 'configure'>,
): Promise<Record<string, unknown>> {
  const text = await readFile(path.join(example, configFileName), 'utf8');
  const config: Record<string, unknown> = {
    ...(JSON.parse(text) as Record<string, unknown>),
    $schema: `./${schemaFileName}`,
    name,
    ...(environments === undefined ? {} : { environments }),
  };
  configure?.(config);
  // What is written is what was asked for, without the defaults: they may change for those who did not choose.
  parseInput(projectConfigSchema, configFileName, config);
  return config;
}

async function nameRojoProject(file: string, name: string): Promise<void> {
  const project = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, `${JSON.stringify({ ...project, name }, null, 2)}\n`);
}

async function refuseNonEmpty(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') return ['(it is a file)'];
    throw error;
  });
  const [first] = entries;
  if (first === undefined) return;
  throw invalidInput('the new project', [
    {
      field: 'directory',
      value: `${directory}, which is not empty: ${first}`,
      remedy: 'name a new or empty directory; an existing Rojo project is adopted as it is',
    },
  ]);
}

/** Renaming onto an empty directory works on POSIX only; removing it first fails if somebody filled it meanwhile. */
async function replaceEmpty(draft: string, directory: string): Promise<void> {
  await rmdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  await rename(draft, directory);
}
