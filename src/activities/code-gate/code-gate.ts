import type { Mount } from '../../adapters/luau/index.js';
import type { LuauParser } from '../../adapters/luau-syntax/index.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import type { FileCoverage, Mutant } from '../../domain/code-report.js';
import type { GateResult } from '../../domain/gate.js';
import type { LuauTools } from '../../domain/luau-tools.js';
import type { NightMap } from '../../domain/night.js';

/** A change, and the project that it is made to. Paths are from the project's root, with forward slashes. */
export type CodeGateInput = {
  /** The project before the change: path → bytes of its Luau, `undefined` for every other file (only its name counts). */
  base: ReadonlyMap<string, Uint8Array | undefined>;
  /** Path → what the change writes there, `null` where it removes the file. */
  changes: ReadonlyMap<string, Uint8Array | null>;
  rojoProject: { path: string; text: string };
  /** Folders that Rojo maps nowhere and that specs run from, such as `tests/graveshift`. */
  tests: readonly Mount[];
  rules: CodeRules;
  /** Whose lines and mutants count, of the new logic; default: all of it. */
  counts?: (path: string, source: string) => boolean;
  /** Of a night: must be walkable. */
  map?: NightMap;
};

export type CodeRules = {
  /** Least share of lines of generated logic that tests run, 0 … 1. */
  coverage: number;
  /** Least share of seeded mutants that tests kill, 0 … 1. */
  mutants: number;
  /** Asset ids that scripts may load. */
  allowedAssets: ReadonlySet<string>;
  /** Hosts that scripts may call; `*.example.com` covers all below it. */
  allowedHosts: readonly string[];
};

/** The gates in the order in which they are reported. */
export const codeGates = [
  'paths',
  'syntax',
  'format',
  'types',
  'lint',
  'security',
  'unit-tests',
  'coverage',
  'mutants',
  'map',
] as const;
export type CodeGate = (typeof codeGates)[number];

/** What an expensive check found, kept by a key that names everything it depends on. */
export interface GateCache {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
}

export type CodeGateTools = {
  luau: LuauTools;
  parser: LuauParser;
  cache?: GateCache;
  /** Whether a change may write and remove these paths; default: inside the project. */
  guard?: (changes: CodeGateInput['changes']) => CodeFinding[];
};

export type CodeGateOptions = {
  /** Default: all. A repair loop leaves `mutants` to its last round. */
  gates?: ReadonlySet<CodeGate>;
  signal?: AbortSignal;
};

/** One check: its gate for the history, and everything that it found. */
export type CheckedCode = { gate: GateResult; findings: CodeFinding[] };

export type CodeGateResult = {
  gates: GateResult[];
  findings: CodeFinding[];
  checks: CheckedCode[];
  tests?: { files: number; passed: number; failed: number };
  coverage?: FileCoverage[];
  mutants?: Mutant[];
};

/**
 * The gate `code` as a function: every check that needs no place, over a change and the project that it is made to.
 * Never throws for what the code holds; a tool that is missing or dies makes its own gates `inconclusive`.
 */
export type CheckSources = (
  input: CodeGateInput,
  tools: CodeGateTools,
  options?: CodeGateOptions,
) => Promise<CodeGateResult>;
