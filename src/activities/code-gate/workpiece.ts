import { buildSourceMap, scriptsOf } from '../../adapters/luau/index.js';
import {
  openScript,
  requirementsOf,
  type LintScript,
  type Requirement,
} from '../../adapters/luau-lint/index.js';
import type { LuauParser } from '../../adapters/luau-syntax/index.js';
import { projectPathSchema } from '../../domain/change-set.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import type { LuauScript, SourceMapNode } from '../../domain/luau-tools.js';
import type { CodeGateInput } from './code-gate.js';

/** Studio refuses to edit a longer script, and nobody reads one. In UTF-8. */
const mostBytes = 200_000;

const isLuau = (path: string) => /\.luau?$/.test(path);

/** The project as it would be after the change, and what is new in it. Parsed and resolved once, when first asked for. */
export type Workpiece = {
  input: CodeGateInput;
  /** Every Luau file after the change: path → text. */
  sources: ReadonlyMap<string, string>;
  /** The change's own Luau. */
  written: ReadonlyMap<string, string>;
  /** Of it, what is not in the project already, byte for byte. */
  changed: ReadonlySet<string>;
  map: SourceMapNode;
  scripts: readonly LuauScript[];
  script: (path: string) => LintScript | undefined;
  /** The modules of the project that a script requires. */
  requirements: (path: string, when?: 'at load' | 'ever') => readonly Requirement[];
  isSpec: (path: string) => boolean;
  /** What cannot be read or may not be written. */
  findings: CodeFinding[];
};

export function openWorkpiece(
  input: CodeGateInput,
  parser: LuauParser,
  guard: (changes: CodeGateInput['changes']) => CodeFinding[] = insideProject,
): Workpiece {
  const findings = guard(input.changes);
  const refused = new Set(findings.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const sources = new Map<string, string>();
  const written = new Map<string, string>();
  const changed = new Set<string>();
  for (const [path, bytes] of input.base) {
    // A file of the project may hold anything; what is wrong with it is not the change's fault.
    if (bytes !== undefined && isLuau(path)) sources.set(path, new TextDecoder().decode(bytes));
  }
  for (const [path, bytes] of input.changes) {
    if (bytes === null) sources.delete(path);
    if (bytes === null || !isLuau(path) || refused.has(path)) continue;
    const text = readChange(path, bytes);
    if (typeof text !== 'string') {
      findings.push(text);
      continue;
    }
    if (sources.get(path) !== text) changed.add(path);
    sources.set(path, text);
    written.set(path, text);
  }
  const removed = new Set([...input.changes].filter(([, bytes]) => bytes === null).map(([path]) => path));
  const paths = new Set([...input.base.keys(), ...input.changes.keys()].filter((path) => !removed.has(path)));
  const map = buildSourceMap(input.rojoProject, paths, input.tests);
  const scripts = scriptsOf(map, sources);
  const byPath = new Map(scripts.map((script) => [script.path, script]));
  const pathOf = new Map(scripts.map(({ instance, path }) => [instance.join('/'), path]));
  const script = remember((path: string) => {
    const found = byPath.get(path);
    return found && openScript(parser, found);
  });
  const required = remember((key: string) => {
    const [when, path = ''] = key.split('\n');
    const opened = script(path);
    return opened === undefined ? [] : requirementsOf(opened, pathOf, when === 'ever' ? 'ever' : 'at load');
  });
  const isTest = (path: string) => input.tests.some(({ folder }) => path.startsWith(`${folder}/`));
  return {
    input,
    sources,
    written,
    changed,
    map,
    scripts,
    script,
    requirements: (path, when = 'ever') => required(`${when}\n${path}`),
    isSpec: (path) => path.endsWith('.spec.luau') && (written.has(path) || isTest(path)),
    findings,
  };
}

function remember<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, { value: Value }>();
  return (key) => {
    const found = made.get(key) ?? { value: make(key) };
    made.set(key, found);
    return found.value;
  };
}

/** The change's text, or why it is none. */
function readChange(path: string, bytes: Uint8Array): string | CodeFinding {
  const finding = (rule: string, message: string, fix: string): CodeFinding => ({
    check: 'paths',
    file: path,
    rule,
    severity: 'error',
    message,
    fix,
  });
  if (bytes.byteLength > mostBytes) {
    return finding(
      'too-large',
      `${bytes.byteLength} bytes are more than the ${mostBytes} that a script may have`,
      'divide it into modules, and keep data out of code',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? finding('not-text', 'holds a NUL character', 'write plain text') : text;
  } catch {
    return finding('not-text', 'is not UTF-8', 'write the file as UTF-8');
  }
}

/** What holds for every change set, whoever made it. */
export function insideProject(changes: CodeGateInput['changes']): CodeFinding[] {
  return [...changes.keys()].flatMap((file): CodeFinding[] => {
    const parsed = projectPathSchema.safeParse(file);
    if (parsed.success) return [];
    const message = `cannot be a path of the project: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`;
    return [{ check: 'paths', file, rule: 'outside-project', severity: 'error', message }];
  });
}
