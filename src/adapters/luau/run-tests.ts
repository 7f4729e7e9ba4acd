import { join } from 'node:path';

import {
  defaultLuauLimits,
  runLuauThread,
  type LuauInterpreter,
  type LuauLimits,
  type LuauModule,
} from './luau-thread.js';
import { luauFolder } from './package-files.js';

export type LuauTestFailure = {
  file: string;
  /** Name of the test; empty when the file failed as a whole. */
  test: string;
  message: string;
};

export type LuauTestReport = {
  files: number;
  passed: number;
  failures: LuauTestFailure[];
  /** What the tests printed, by file. */
  output: { file: string; text: string }[];
  durationMs: number;
};

export const specSuffix = '.spec.luau';

type SpecResult = Pick<LuauTestReport, 'passed' | 'failures' | 'output'>;

async function runSpec(
  entry: string,
  modules: readonly LuauModule[],
  limits: LuauLimits,
  shared: { interpreter: LuauInterpreter; signal: AbortSignal | undefined },
): Promise<SpecResult> {
  const preludePath = join(luauFolder(), 'host', 'prelude.luau');
  const result = await runLuauThread({ kind: 'spec', modules, entry, preludePath }, limits, shared);
  const of = (kind: string) => result.messages.filter((message) => message.kind === kind);
  const failures = result.messages
    .filter(({ kind }) => kind === 'failed' || kind === 'broken')
    .map(({ name, text }) => ({ file: entry, test: name, message: text }));
  const passed = of('passed').length;

  if (result.end !== 'done') {
    const running = of('started')[passed + of('failed').length]?.name ?? '';
    const why =
      result.end === 'timeout'
        ? `ended after ${limits.timeoutMs} ms: an endless loop, or far too slow`
        : `the interpreter stopped: ${result.crash ?? 'no reason given'}`;
    failures.push({ file: entry, test: running, message: why });
  } else if (passed + failures.length === 0) {
    failures.push({ file: entry, test: '', message: 'holds no test' });
  }
  return { passed, failures, output: of('print').map(({ text }) => ({ file: entry, text })) };
}

/**
 * Runs each `.spec.luau` of the modules in a thread of its own, one after the other, over the other modules.
 * Nothing that the Luau does is thrown: it is in the report.
 */
export async function runLuauTests(
  modules: readonly LuauModule[],
  options: { limits?: LuauLimits; signal?: AbortSignal } = {},
): Promise<LuauTestReport> {
  const startedAt = performance.now();
  const report: LuauTestReport = { files: 0, passed: 0, failures: [], output: [], durationMs: 0 };
  const shared = { interpreter: {}, signal: options.signal };
  for (const { path } of modules.filter((module) => module.path.endsWith(specSuffix))) {
    const result = await runSpec(path, modules, options.limits ?? defaultLuauLimits, shared);
    report.files += 1;
    report.passed += result.passed;
    report.failures.push(...result.failures);
    report.output.push(...result.output);
  }
  report.durationMs = Math.round(performance.now() - startedAt);
  return report;
}
