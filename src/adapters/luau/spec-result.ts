import { z } from 'zod';

/** What `luau/host/specs.luau` reports. */
export const specMessageSchema = z.object({
  /** `spec`: the file begins; `started`: a test of it; `broken`: the file as a whole. */
  kind: z.enum(['spec', 'started', 'passed', 'failed', 'broken', 'print']),
  /** Path of the spec. */
  spec: z.string(),
  /** Name of the test; empty for the file. */
  name: z.string(),
  text: z.string(),
  /** Wall-clock seconds. */
  at: z.number(),
});
export type SpecMessage = z.infer<typeof specMessageSchema>;

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
  /** Module → line → times run; absent where the runtime does not count, or nobody asked. */
  coverage?: Map<string, Map<number, number>>;
  /** Every test that passed, in the order of the files. */
  tests: { file: string; test: string }[];
};

export function emptyReport(): LuauTestReport {
  return { files: 0, passed: 0, failures: [], output: [], durationMs: 0, tests: [] };
}

/** What a spec said, as far as it came. */
export function readSpec(report: LuauTestReport, file: string, messages: readonly SpecMessage[]): void {
  report.files += 1;
  let said = 0;
  for (const { kind, name, text } of messages) {
    if (kind === 'passed') report.tests.push({ file, test: name });
    if (kind === 'failed' || kind === 'broken') report.failures.push({ file, test: name, message: text });
    if (kind === 'print') report.output.push({ file, text });
    if (kind === 'passed' || kind === 'failed' || kind === 'broken') said += 1;
  }
  report.passed = report.tests.length;
  if (said === 0) report.failures.push({ file, test: '', message: 'holds no test' });
}

/** Name of the test that had begun and not ended; empty where none had. */
export function runningTest(messages: readonly SpecMessage[]): string {
  const last = messages.findLast(({ kind }) => kind !== 'print');
  return last?.kind === 'started' ? last.name : '';
}

export function addCoverage(report: LuauTestReport, more: LuauTestReport['coverage']): void {
  if (more === undefined) return;
  report.coverage ??= new Map();
  for (const [file, lines] of more) {
    const all = report.coverage.get(file) ?? new Map<number, number>();
    for (const [line, times] of lines) all.set(line, (all.get(line) ?? 0) + times);
    report.coverage.set(file, all);
  }
}
