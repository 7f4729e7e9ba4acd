import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import semver from 'semver';

import type { CodeFinding } from '../../domain/code-finding.js';
import { GraveshiftError } from '../../domain/failure.js';
import type { LuauCheckRequest, LuauChecker } from '../../domain/luau-tools.js';
import { findInPath, type Environment } from '../processes/executable.js';
import { checkOfRule, severityOfRule, sortFindings } from './finding-rules.js';

const versionTimeoutMs = 30_000;
const checkTimeoutMs = 180_000;

/** The `luau-lsp` in `PATH`; undefined where there is none that tells its version. */
export async function findLuauLsp(env: Environment): Promise<{ path: string; version: string } | undefined> {
  for (const program of await findInPath('luau-lsp', env)) {
    const result = await execa(program, ['--version'], {
      env,
      extendEnv: false,
      stdin: 'ignore',
      timeout: versionTimeoutMs,
      reject: false,
    });
    const version = semver.coerce(result.stdout)?.version;
    if (!result.failed && version !== undefined) return { path: program, version };
  }
  return undefined;
}

/**
 * Checks with `luau-lsp analyze`, a process for each request over a copy of the sources. It knows the engine by the
 * same definitions as luau-kit, but neither `Instance.new`'s second argument nor properties that cannot be written.
 */
export function createLspChecker(options: {
  path: string;
  env: Environment;
  version: string;
  /** Path of the definition file that `adapters/roblox-api` makes. */
  definitions: string;
}): LuauChecker {
  return {
    name: 'luau-lsp',
    version: options.version,
    check: async (request, signal) => {
      signal?.throwIfAborted();
      const folder = await mkdtemp(path.join(tmpdir(), 'graveshift-luau-lsp-'));
      try {
        await writeProject(folder, request);
        const output = await analyze(folder, request, options, signal);
        const asked = (file: string) => request.only?.has(file) ?? true;
        return sortFindings(parseAnalysis(output).filter(({ file }) => asked(file)));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function writeProject(folder: string, { sources, sourceMap }: LuauCheckRequest): Promise<void> {
  for (const [file, source] of sources) {
    const target = path.resolve(folder, file);
    if (path.relative(folder, target).startsWith('..') || path.isAbsolute(file)) {
      throw new GraveshiftError(
        'InvalidInput',
        `The source ${JSON.stringify(file)} is outside of the project.`,
      );
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, source);
  }
  await writeFile(path.join(folder, 'sourcemap.json'), JSON.stringify(sourceMap));
  await writeFile(path.join(folder, '.luaurc'), JSON.stringify({ languageMode: 'strict' }));
}

async function analyze(
  folder: string,
  { sources, solver }: LuauCheckRequest,
  tool: { path: string; env: Environment; definitions: string },
  signal: AbortSignal | undefined,
): Promise<string> {
  const flags = [
    'analyze',
    '--platform=roblox',
    // One finding a line, on standard output.
    '--formatter=plain',
    '--sourcemap=sourcemap.json',
    `--definitions=@roblox=${tool.definitions}`,
    '--base-luaurc=.luaurc',
    ...(solver === 'new' ? ['--flag:LuauSolverV2=True'] : []),
  ];
  const result = await execa(tool.path, [...flags, ...sources.keys()], {
    cwd: folder,
    env: tool.env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: checkTimeoutMs,
    reject: false,
    all: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  // It exits with 1 where it found something; with nothing to show for it, it failed.
  if (result.exitCode === 0 || (result.exitCode === 1 && parseAnalysis(result.all).length > 0))
    return result.all;
  const words = result.all.trim().split('\n').slice(-3).join('; ');
  throw new GraveshiftError(
    'ToolFailure',
    `luau-lsp analyze failed: ${words === '' ? (result.shortMessage ?? 'it printed nothing') : words}`,
  );
}

/** `file:3:5-9: (W0) TypeError: text`, the columns inclusive. */
const plain = /^(?<file>.+?):(?<line>\d+):(?<column>\d+)-(?<end>\d+): \(\w\d\) (?<rule>\w+): (?<message>.*)$/;
/** `file:3.5-3.9: TypeError: text`, as `--formatter=gnu` writes. */
const gnu =
  /^(?<file>.+?):(?<line>\d+)\.(?<column>\d+)-(?<endLine>\d+)\.(?<end>\d+): (?<rule>\w+): (?<message>.*)$/;
/** `file(3,5): TypeError: text`, as it writes by default. */
const standard = /^(?<file>.+?)\((?<line>\d+),(?<column>\d+)\): (?<rule>\w+): (?<message>.*)$/;
/** What it says of its own work. */
const log = /^\[(?:INFO|WARN|ERROR|DEBUG)\]|^(?:INFO|WARN|ERROR): /;

/** Reads what `luau-lsp analyze` prints, in any of its three formats; the lines of a long message belong together. */
export function parseAnalysis(output: string): CodeFinding[] {
  const findings: CodeFinding[] = [];
  for (const line of output.split(/\r?\n/)) {
    const groups = (plain.exec(line) ?? gnu.exec(line) ?? standard.exec(line))?.groups;
    const last = findings.at(-1);
    if (groups !== undefined) findings.push(toFinding(groups));
    else if (last !== undefined && line.trim() !== '' && !log.test(line)) last.message += `\n${line}`;
  }
  return findings;
}

function toFinding(groups: Record<string, string | undefined>): CodeFinding {
  const { file = '', rule = '', message = '', line, column, endLine, end } = groups;
  return {
    check: checkOfRule(rule),
    file: file.replaceAll('\\', '/').replace(/^\.\//, ''),
    line: Number(line),
    column: Number(column),
    ...(end === undefined ? {} : { endLine: Number(endLine ?? line), endColumn: Number(end) + 1 }),
    rule,
    severity: severityOfRule(rule),
    ...splitAdvice(message),
  };
}

function splitAdvice(message: string): Pick<CodeFinding, 'message' | 'fix'> {
  const [, what, advice] = /^(.* is deprecated), use '(.+)' instead$/.exec(message) ?? [];
  if (what === undefined || advice === undefined) return { message };
  return { message: what, fix: advice.includes(' ') ? advice : `use ${advice}` };
}
