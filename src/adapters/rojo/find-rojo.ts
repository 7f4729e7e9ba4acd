import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import semver from 'semver';

import { GraveshiftError } from '../../domain/failure.js';
import { runProgram } from '../processes/run-program.js';
import { toolEnvironment, type Environment } from '../processes/tool-environment.js';

/** A Rojo that was tried and answered. */
export type RojoTool = {
  program: string;
  /** Arguments that come before Rojo's own. */
  leadingArguments: readonly string[];
  /** What a person would look for: the executable, or the package's script. */
  path: string;
  version: string;
  source: 'GRAVESHIFT_ROJO' | 'PATH' | 'package';
};

/** The first with `--color never` fixed and source maps that list every file of an instance. */
const oldestVersion = '7.4.0';
const versionTimeoutMs = 20_000;
const setting = 'GRAVESHIFT_ROJO';

type Candidate = Omit<RojoTool, 'version'>;

/**
 * Rojo in this order: the program that `GRAVESHIFT_ROJO` names, the `rojo` in `PATH` when it works and is new enough,
 * the npm package's own.
 *
 * @throws GraveshiftError `ToolMissing` that says what was tried
 */
export async function findRojo(options: { env: Environment; signal?: AbortSignal }): Promise<RojoTool> {
  const { env: environment, signal } = options;
  const chosen = environment[setting]?.trim();
  if (chosen) return await requireChosen(chosen, environment, signal);

  const rejected: string[] = [];
  for (const candidate of [...(await inPath(environment)), ...inPackage()]) {
    const answer = await tryVersion(candidate, environment, signal);
    if ('version' in answer) return { ...candidate, version: answer.version };
    rejected.push(`${candidate.path} ${answer.problem}`);
  }
  throw new GraveshiftError(
    'ToolMissing',
    `No working Rojo ${oldestVersion} or newer: ${rejected.join('; ') || 'none in PATH, and the npm package has none for this platform'}. ` +
      `Install Rojo (https://rojo.space/docs/v7/getting-started/installation), or set ${setting} to its path.`,
  );
}

async function requireChosen(
  chosen: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<RojoTool> {
  const program = path.resolve(chosen);
  const candidate: Candidate = { program, leadingArguments: [], path: program, source: setting };
  const answer = await tryVersion(candidate, environment, signal);
  if ('version' in answer) return { ...candidate, version: answer.version };
  throw new GraveshiftError(
    'ToolMissing',
    `${setting} names ${program}, which ${answer.problem}. Expected the path of a Rojo ${oldestVersion} or newer; ` +
      'correct it, or unset it to use the one that comes with Graveshift.',
    { details: { path: program } },
  );
}

async function inPath(environment: Environment): Promise<Candidate[]> {
  const name = process.platform === 'win32' ? 'rojo.exe' : 'rojo';
  const folders = (environment.PATH ?? environment.Path ?? '').split(path.delimiter).filter(Boolean);
  const candidates = folders.map((folder) => path.resolve(folder, name));
  const files = await Promise.all(
    candidates.map(async (file) => (await stat(file).catch(() => undefined))?.isFile() ?? false),
  );
  return candidates.flatMap((file, index) =>
    files[index] ? [{ program: file, leadingArguments: [], path: file, source: 'PATH' as const }] : [],
  );
}

/** Run as a child: called in this process, its command line could end it. */
function inPackage(): Candidate[] {
  try {
    const script = createRequire(import.meta.url).resolve('@unrealworks/rojo/cli.js');
    return [{ program: process.execPath, leadingArguments: [script], path: script, source: 'package' }];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return [];
    throw error;
  }
}

async function tryVersion(
  candidate: Candidate,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<{ version: string } | { problem: string }> {
  const result = await runProgram(candidate.program, [...candidate.leadingArguments, '--version'], {
    directory: path.dirname(candidate.path),
    environment: toolEnvironment(environment),
    timeoutMs: versionTimeoutMs,
    signal,
  });
  if (result.outcome === 'missing') return { problem: 'cannot be started' };
  if (result.outcome === 'timed-out') return { problem: 'did not answer --version' };
  const version = /^Rojo (\S+)/m.exec(result.stdout)?.[1];
  if (result.exitCode !== 0 || version === undefined || semver.valid(version) === null) {
    return { problem: 'does not answer --version as Rojo does' };
  }
  return semver.gte(version, oldestVersion)
    ? { version }
    : { problem: `is Rojo ${version}, older than ${oldestVersion}` };
}

/** What `graveshift doctor` prints. */
export function describeRojo(tool: RojoTool): { path: string; version: string; source: string } {
  const sources: Record<RojoTool['source'], string> = {
    GRAVESHIFT_ROJO: `set by ${setting}`,
    PATH: 'found in PATH',
    package: 'comes with Graveshift',
  };
  return { path: tool.path, version: tool.version, source: sources[tool.source] };
}
