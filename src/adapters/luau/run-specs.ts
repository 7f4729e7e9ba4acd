import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LuauRunLimits, LuauRunResult, LuauRuntime } from '../../domain/luau-tools.js';
import type { LuauModule } from './instance-tree.js';
import { luauFolder } from './package-files.js';
import {
  addCoverage,
  emptyReport,
  readSpec,
  runningTest,
  specMessageSchema,
  type LuauTestReport,
  type SpecMessage,
} from './spec-result.js';

export type { LuauTestFailure, LuauTestReport } from './spec-result.js';

export const specSuffix = '.spec.luau';

/** Generous for unit tests of pure rules; an endless loop costs this long. */
export const defaultSpecLimits: LuauRunLimits = { seconds: 10, memoryBytes: 256 * 1024 * 1024 };

export type SpecOptions = {
  /** Specs among the modules to run; default: all. */
  specs?: readonly string[];
  /** Of each program; a spec that takes them all is run again alone before it is blamed. */
  limits?: Partial<LuauRunLimits>;
  /** Modules whose lines are counted, where the runtime can. */
  coverage?: readonly string[];
  /** Default false: all run, whatever fails. */
  stopAtFailure?: boolean;
  signal?: AbortSignal | undefined;
};

const entry = 'graveshift/specs.luau';

/** Path of the spec → what it said. */
type Messages = Map<string, SpecMessage[]>;

/**
 * Runs the `.spec.luau` among the modules over the others: as few programs as the runtime runs at once, each spec with
 * modules of its own. Nothing that the Luau does is thrown: it is in the report.
 */
export async function runSpecs(
  runtime: LuauRuntime,
  modules: readonly LuauModule[],
  options: SpecOptions = {},
): Promise<LuauTestReport> {
  const startedAt = performance.now();
  const specs = options.specs ?? modules.map(({ path }) => path).filter((path) => path.endsWith(specSuffix));
  const program = await readFile(join(luauFolder(), 'host', 'specs.luau'), 'utf8');
  const run = new SpecRun(runtime, modules, program, options);
  // One program that runs them all has the modules compiled once; two share the machine's cores.
  const parts = Math.min(runtime.parallel, Math.max(1, Math.floor(specs.length / 4)));
  const shares = Array.from({ length: options.stopAtFailure ? 1 : parts }, (_, part) =>
    specs.filter((_spec, index) => options.stopAtFailure === true || index % parts === part),
  );
  const reports = await Promise.all(shares.map((share) => run.all(share)));
  const report = merge(reports, specs);
  report.durationMs = Math.round(performance.now() - startedAt);
  return report;
}

class SpecRun {
  private readonly chunks: ReadonlyMap<string, string>;
  private readonly limits: LuauRunLimits;

  constructor(
    private readonly runtime: LuauRuntime,
    private readonly modules: readonly LuauModule[],
    program: string,
    private readonly options: SpecOptions,
  ) {
    this.chunks = new Map([[entry, program], ...modules.map(({ path, source }) => [path, source] as const)]);
    this.limits = { ...defaultSpecLimits, ...options.limits };
  }

  async all(specs: readonly string[]): Promise<LuauTestReport> {
    const report = emptyReport();
    let left = [...specs];
    while (left.length > 0) {
      const { result, messages } = await this.program(left);
      const began = left.filter((spec) => messages.has(spec));
      const ended = result.status === 'done' ? began : began.slice(0, -1);
      for (const spec of ended) readSpec(report, spec, messages.get(spec) ?? []);
      addCoverage(report, result.coverage);
      if (result.status === 'done') return report;

      const culprit = began.at(-1) ?? left[0] ?? '';
      const isBlamed = left.length === 1 || this.tookItAll(result, messages);
      if (isBlamed) this.blame(report, culprit, result, messages.get(culprit) ?? []);
      else addAll(report, await this.all([culprit]));
      if (this.options.stopAtFailure && report.failures.length > 0) return report;
      left = left.slice(ended.length + 1);
    }
    return report;
  }

  private async program(specs: readonly string[]) {
    const { coverage, signal, stopAtFailure = false } = this.options;
    const result = await this.runtime.run(
      {
        chunks: this.chunks,
        entry,
        argument: {
          modules: this.modules.map(({ path, instance }) => ({ path, instance })),
          specs,
          stopAtFailure,
        },
        limits: this.limits,
        ...(coverage !== undefined && this.runtime.measuresCoverage && { coverage }),
      },
      signal,
    );
    const messages: Messages = new Map();
    for (const value of result.reports) {
      const message = specMessageSchema.parse(value);
      const list = messages.get(message.spec);
      if (list === undefined) messages.set(message.spec, [message]);
      else list.push(message);
    }
    return { result, messages };
  }

  /** Whether the last spec had half of the program's time for itself: then it is not the others that used it up. */
  private tookItAll({ status, milliseconds }: LuauRunResult, messages: Messages): boolean {
    const begun = [...messages.values()].flatMap(([first]) => (first === undefined ? [] : [first.at]));
    const before = Math.max(...begun) - Math.min(...begun);
    return status === 'timeout' && begun.length > 0 && before < milliseconds / 2000;
  }

  private blame(
    report: LuauTestReport,
    file: string,
    result: LuauRunResult,
    messages: readonly SpecMessage[],
  ): void {
    const had = report.failures.length;
    readSpec(report, file, messages);
    // It did not come to a test: that it holds none is not what is wrong with it.
    if (report.failures[had]?.message === 'holds no test') report.failures.pop();
    report.failures.push({ file, test: runningTest(messages), message: this.describe(result) });
  }

  private describe({ status, error }: LuauRunResult): string {
    switch (status) {
      case 'timeout':
        return `ended after ${this.limits.seconds * 1000} ms: an endless loop, or far too slow`;
      case 'memory':
        return `took more than ${Math.round(this.limits.memoryBytes / 1024 / 1024)} MiB of memory`;
      case 'error':
      case 'crashed':
      case 'done':
        return `the interpreter stopped: ${error?.message ?? 'no reason given'}`;
    }
  }
}

function addAll(report: LuauTestReport, more: LuauTestReport): void {
  report.files += more.files;
  report.tests.push(...more.tests);
  report.passed = report.tests.length;
  report.failures.push(...more.failures);
  report.output.push(...more.output);
  addCoverage(report, more.coverage);
}

/** One report in the order of the specs, whoever ran them. */
function merge(reports: readonly LuauTestReport[], specs: readonly string[]): LuauTestReport {
  const all = emptyReport();
  for (const report of reports) addAll(all, report);
  const place = new Map(specs.map((spec, index) => [spec, index]));
  const inOrder = (a: { file: string }, b: { file: string }) =>
    (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0);
  all.failures.sort(inOrder);
  all.tests.sort(inOrder);
  all.output.sort(inOrder);
  return all;
}
