import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { parseInput } from '../../domain/parse-input.js';
import { projectConfigSchema, type ProjectConfig } from '../../domain/project.js';
import { invalidInput } from '../../domain/failure.js';
import { runProgram } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';

/** A project as it lies in somebody's folder, with what was changed there since the last commit. */
export type WorkingCopy = {
  config: ProjectConfig;
  /** The Rojo project of the place `start`, and its text. */
  rojoProject: { path: string; text: string };
  /** Path → bytes of its Luau, `undefined` for every other file. */
  files: Map<string, Uint8Array | undefined>;
  /** The last commit's files in the same form; the same as `files` where the folder is no Git repository. */
  committed: Map<string, Uint8Array | undefined>;
};

const isLuau = (file: string) => /\.luau?$/.test(file);
const gitTimeoutMs = 30_000;

/** @throws GraveshiftError `InvalidInput` where the folder holds no project of Graveshift's */
export async function readWorkingCopy(directory: string, env: Environment): Promise<WorkingCopy> {
  const config = parseInput(projectConfigSchema, 'graveshift.json', await readConfig(directory));
  const project = config.environments.staging?.places.start?.project ?? 'default.project.json';
  const text = await readFile(path.join(directory, project), 'utf8').catch(() => '');
  const git = (args: readonly string[]) => runGit(directory, env, args);
  const listed = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const paths = listed === undefined ? await walk(directory) : listed.split('\0').filter(Boolean);
  const files = new Map<string, Uint8Array | undefined>();
  for (const file of [...new Set(paths)].sort()) {
    const bytes = isLuau(file) ? await readIfThere(path.join(directory, file)) : undefined;
    if (bytes !== undefined || !isLuau(file)) files.set(file, bytes);
  }
  const committed = new Map(files);
  const status = await git(['status', '-z', '--porcelain=v1', '--untracked-files=all', '--no-renames']);
  const prefix = (await git(['rev-parse', '--show-prefix']))?.trim() ?? '';
  for (const entry of (status ?? '').split('\0').filter(Boolean)) {
    const full = entry.slice(3);
    if (!full.startsWith(prefix)) continue;
    const file = full.slice(prefix.length);
    const before = isLuau(file) ? await git(['show', `HEAD:./${file}`]) : undefined;
    if (before === undefined && (entry.startsWith('??') || isLuau(file))) committed.delete(file);
    else committed.set(file, before === undefined ? undefined : new TextEncoder().encode(before));
  }
  return { config, rojoProject: { path: project, text }, files, committed };
}

async function readConfig(directory: string): Promise<unknown> {
  const file = path.join(directory, 'graveshift.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw invalidInput('the project', [
      {
        field: 'graveshift.json',
        value: error instanceof Error ? error.message : String(error),
        remedy: 'go to the folder of a project, or make this one with "graveshift init"',
      },
    ]);
  }
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Output of a Git command; undefined where it fails: no repository, no commit, no such file. */
async function runGit(
  directory: string,
  env: Environment,
  args: readonly string[],
): Promise<string | undefined> {
  const result = await runProgram('git', [...args], {
    directory,
    environment: toolEnvironment(env),
    timeoutMs: gitTimeoutMs,
  });
  return result.outcome === 'exited' && result.exitCode === 0 ? result.stdout : undefined;
}

const unwanted = /(?:^|\/)(?:\.git|node_modules)(?:\/|$)/;

async function walk(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    )
    .filter((file) => !unwanted.test(file));
}
