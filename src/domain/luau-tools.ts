/**
 * What checks and runs Luau outside of the engine. `tools/luau-kit` implements both, with Luau's own analysis and
 * virtual machine; where it cannot be had, `luau-lsp` checks and `luau-web` runs, and say what they cannot do.
 */
import type { CodeFinding } from './code-finding.js';

export type LuauClass = 'ModuleScript' | 'Script' | 'LocalScript';

/** A script of the project with its place in the game's tree, such as `['ReplicatedStorage', 'Shared', 'Grid']`. */
export type LuauScript = {
  path: string;
  source: string;
  instance: readonly string[];
  className: LuauClass;
};

/** A node of a source map, as `rojo sourcemap` writes it. */
export type SourceMapNode = {
  name: string;
  className: string;
  filePaths?: readonly string[] | undefined;
  children?: readonly SourceMapNode[] | undefined;
};

export type LuauCheckRequest = {
  /** The DataModel with everything that Rojo puts into it. */
  sourceMap: SourceMapNode;
  /** Path as the source map has it → text. Nothing is read from the disk. */
  sources: ReadonlyMap<string, string>;
  /** Only these are reported; the others are still seen by those that require them. Default: all. */
  only?: ReadonlySet<string>;
  /** Luau's type solver; default `old`, which is what Studio ran longest. */
  solver?: 'old' | 'new';
};

/** Luau's parser, strict type check and lints over modules that know each other and the engine's API. */
export interface LuauChecker {
  readonly name: 'luau-kit' | 'luau-lsp';
  /** With the version of the engine's API, such as `luau-kit 0.1.0 (Luau 0.720), @rbxts/types 1.0.954`. */
  readonly version: string;
  /** @throws GraveshiftError `ToolFailure` when the tool died; never for what the code holds */
  check(request: LuauCheckRequest, signal?: AbortSignal): Promise<CodeFinding[]>;
}

export type LuauRunLimits = {
  /** Wall-clock seconds. */
  seconds: number;
  /** Bytes of the Luau heap; luau-kit only: luau-web has 17 MiB in all. */
  memoryBytes: number;
  /** Interrupts (loop turns and calls); absent: no limit. Unlike seconds the same on every machine. luau-kit only. */
  interrupts?: number;
};

/**
 * A program for Luau's virtual machine. `entry` runs with the global `host`:
 * `host.load(name, environment?)` compiles the chunk of that name: the function, or nil and the compiler's message;
 * its globals are `environment`, over the standard ones, or a fresh table: what it reads must be there by then;
 * `host.argument` is `argument` as a Luau value; `host.report(value)` appends a value that JSON can hold to `reports`;
 * `host.clock()` is wall-clock seconds. `print` and `warn` go to `output`. There is nothing of the engine.
 * The entry alone has `host`; libraries are read-only, and `math.random` has the same seed each time.
 */
export type LuauProgram = {
  /** Chunk name (a path, as it shall be in errors and coverage) → source. */
  chunks: ReadonlyMap<string, string>;
  entry: string;
  argument?: unknown;
  limits?: Partial<LuauRunLimits>;
  /** Chunks whose lines are counted; luau-kit only. */
  coverage?: readonly string[];
};

export type LuauRunResult = {
  /** `crashed`: the tool itself died, which is never the program's right. */
  status: 'done' | 'error' | 'timeout' | 'memory' | 'crashed';
  reports: unknown[];
  /** What was printed, one text a call; 1,000 calls of 2,000 characters at most. */
  output: string[];
  error?: { message: string; traceback: string };
  /** Chunk → line (from 1) → times run; a line that holds no code is absent. */
  coverage?: Map<string, Map<number, number>>;
  milliseconds: number;
  peakBytes?: number;
};

export interface LuauRuntime {
  readonly name: 'luau-kit' | 'luau-web';
  /** False: `coverage` is not measured, and who needs it answers `inconclusive`. */
  readonly measuresCoverage: boolean;
  /** How many programs run at once. */
  readonly parallel: number;
  /** Never throws for what the program does. */
  run(program: LuauProgram, signal?: AbortSignal): Promise<LuauRunResult>;
}

/** The tools that this machine has. */
export type LuauTools = {
  runtime: LuauRuntime;
  /** Absent: `unchecked` says why, and what to do about it. */
  checker?: LuauChecker;
  unchecked?: string;
  close(): Promise<void>;
};
