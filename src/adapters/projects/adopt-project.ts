import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { z } from 'zod';

import { invalidInput } from '../../domain/failure.js';
import { advisoryAtFirst } from '../../domain/gate-policy.js';
import { parseInput } from '../../domain/parse-input.js';
import { projectConfigSchema, projectNameSchema, type ProjectConfig } from '../../domain/project.js';
import { readRojoMounts, type Mount } from '../luau/index.js';
import { runProgram } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';
import { configFileName, packageFiles } from './example-folder.js';

type AdoptedEnvironments = z.input<typeof projectConfigSchema>['environments'];

export type AdoptProjectOptions = {
  /** Root of the game's repository. */
  directory: string;
  /** The directory's name, made fit, when absent. */
  name?: string;
  /** Makes the game's environments once nothing else stands in the way; the example's, whose ids are nobody's, when absent. */
  makeEnvironments?: (project: { name: string; rojoProject: string }) => Promise<AdoptedEnvironments>;
  /** Environment of Git; this process's when absent. */
  environment?: Environment;
};

export type AdoptedProject = {
  directory: string;
  name: string;
  /** The file that was written: the only one. */
  configFile: string;
  rojoProject: string;
  code: { shared: string; server: string; client?: string };
  mainBranch: string;
};

/**
 * Adds `graveshift.json` to an existing Rojo project, and touches nothing else. Its environments are on the emulator,
 * those that `makeEnvironments` made or else with the example's ids, until somebody fills in the game's own.
 *
 * @throws GraveshiftError `InvalidInput` when there is no Rojo project, a `graveshift.json` is there already, or
 * Rojo maps no folder where Graveshift's code could go
 */
export async function adoptRojoProject(options: AdoptProjectOptions): Promise<AdoptedProject> {
  const directory = path.resolve(options.directory);
  const configFile = path.join(directory, configFileName);
  if (await isThere(configFile)) throw alreadyThere(configFile);
  const rojoProject = await chooseRojoProject(directory);
  const mounts = readRojoMounts(rojoProject, await readFile(path.join(directory, rojoProject), 'utf8'));
  const code = {
    shared: await chooseFolder(directory, mounts, {
      rojoProject,
      service: 'ReplicatedStorage',
      usual: 'shared',
    }),
    server: await chooseFolder(directory, mounts, {
      rojoProject,
      service: 'ServerScriptService',
      usual: 'server',
    }),
    ...clientFolder(mounts),
  };
  const name =
    options.name === undefined
      ? fitName(path.basename(directory))
      : parseInput(projectNameSchema, "the project's name", options.name);
  const mainBranch = await findMainBranch(directory, options.environment ?? process.env);

  const { makeEnvironments } = options;
  const config = {
    name,
    environments: makeEnvironments
      ? await makeEnvironments({ name, rojoProject })
      : await exampleEnvironments(rojoProject),
    ...(mainBranch === 'main' ? {} : { branches: { main: mainBranch } }),
    code,
    approvals: { before: 'both' },
    gates: { policy: Object.fromEntries(advisoryAtFirst.map((gate) => [gate, 'advisory'])) },
  };
  parseInput(projectConfigSchema, configFileName, config);
  await writeNew(configFile, `${JSON.stringify(config, null, 2)}\n`);
  return { directory, name, configFile, rojoProject, code, mainBranch };
}

/** `default.project.json`, as Rojo itself chooses, or else the only one. */
async function chooseRojoProject(directory: string): Promise<string> {
  const entries = await readdir(directory).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  });
  const projects = entries.filter((entry) => entry.endsWith('.project.json')).sort();
  if (projects.includes('default.project.json')) return 'default.project.json';
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return only;
  throw invalidInput('the project', [
    {
      field: 'directory',
      value:
        only === undefined
          ? `${directory}, which has no Rojo project file`
          : `${directory}, which has ${projects.join(', ')}`,
      remedy:
        only === undefined
          ? 'name the root of a Rojo project (it has a default.project.json), or start a new game from the example in an empty directory'
          : 'name the one to build default.project.json, as Rojo expects',
    },
  ]);
}

/** The folder that Rojo maps into the service: the one with the usual name, or else the first. */
async function chooseFolder(
  directory: string,
  mounts: readonly Mount[],
  { rojoProject, service, usual }: { rojoProject: string; service: string; usual: string },
): Promise<string> {
  const candidates: string[] = [];
  for (const { folder, instance } of mounts) {
    // Packages belong to the package manager, which empties its folder.
    if (instance[0] !== service || /packages$/i.test(folder)) continue;
    const entry = await stat(path.join(directory, folder)).catch(() => undefined);
    if (entry?.isDirectory()) candidates.push(folder);
  }
  const chosen =
    candidates.find((folder) => path.posix.basename(folder).toLowerCase() === usual) ?? candidates[0];
  if (chosen !== undefined) return chosen;
  throw invalidInput('the project', [
    {
      field: rojoProject,
      value: `no folder that is mapped into ${service}`,
      remedy: `map one there ("${service}": {"${usual === 'shared' ? 'Shared' : 'Server'}": {"$path": "src/${usual}"}}): Graveshift's code goes into it`,
    },
  ]);
}

/** Where players' own scripts go, if Rojo maps a folder there: only some features need it. */
function clientFolder(mounts: readonly Mount[]): { client?: string } {
  const client = mounts.find(({ instance }) => instance[1] === 'StarterPlayerScripts')?.folder;
  return client === undefined || client === 'src/client' ? {} : { client };
}

function fitName(text: string): string {
  const fit = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return fit === '' ? 'game' : fit;
}

async function exampleEnvironments(rojoProject: string): Promise<ProjectConfig['environments']> {
  const text = await readFile(path.join(packageFiles().example, configFileName), 'utf8');
  const { environments } = parseInput(projectConfigSchema, "the example's project", JSON.parse(text));
  for (const { places } of Object.values(environments)) {
    for (const place of Object.values(places)) place.project = rojoProject;
  }
  return environments;
}

/** `main` where it exists or Git has nothing to say, else the branch that is checked out. */
async function findMainBranch(directory: string, environment: Environment): Promise<string> {
  const git = async (...args: string[]) => {
    const result = await runProgram('git', args, {
      directory,
      environment: toolEnvironment(environment),
      timeoutMs: 20_000,
    });
    return result.outcome === 'exited' && result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  if ((await git('rev-parse', '--verify', '--quiet', 'refs/heads/main')) !== undefined) return 'main';
  return (await git('symbolic-ref', '--quiet', '--short', 'HEAD')) ?? 'main';
}

/** Never replaces a file that somebody else has just written: a link to an existing name is refused. */
async function writeNew(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text, { flag: 'wx', flush: true });
    await link(draft, file);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? alreadyThere(file) : error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

const alreadyThere = (file: string) =>
  invalidInput('the project', [
    { field: 'directory', value: `${file} is there already`, remedy: 'edit it, or remove it first' },
  ]);
