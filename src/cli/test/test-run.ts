import { lineCoverage, openCopy, type CodeGateTools } from '../../activities/code-gate/index.js';
import { runSpecs, type LuauTestFailure } from '../../adapters/luau/index.js';
import type { WorkingCopy } from '../../adapters/projects/working-copy.js';
import type { FileCoverage } from '../../domain/code-report.js';
import type { Colors } from '../context.js';
import { plainText } from '../view/text.js';

export type TestRun = {
  /** Specs that ran, each with how many of its tests passed and failed. */
  files: { file: string; passed: number; failed: number }[];
  passed: number;
  failed: LuauTestFailure[];
  output: { file: string; text: string }[];
  milliseconds: number;
  /** Of the modules that specs can run; absent where nothing counts lines. */
  coverage?: FileCoverage[];
  /** Why there is no coverage. */
  uncounted?: string;
};

/** Runs the specs of a working copy: those in `tests/graveshift`, which this runner was made for. */
export async function testWorkingCopy(
  copy: WorkingCopy,
  { luau, parser }: CodeGateTools,
  { filter, signal }: { filter: string | undefined; signal: AbortSignal },
): Promise<TestRun> {
  const { modules, specs, logic, piece } = openCopy(copy, parser);
  const wanted = specs.filter(
    (path) => filter === undefined || path.toLowerCase().includes(filter.toLowerCase()),
  );
  const report = await runSpecs(luau.runtime, modules, { specs: wanted, coverage: logic, signal });
  const count = (list: readonly { file: string }[], file: string) =>
    list.filter((one) => one.file === file).length;
  return {
    files: wanted.map((file) => ({
      file,
      passed: count(report.tests, file),
      failed: count(report.failures, file),
    })),
    passed: report.passed,
    failed: report.failures,
    output: report.output,
    milliseconds: report.durationMs,
    ...(report.coverage
      ? { coverage: lineCoverage(piece, logic, report.coverage) }
      : { uncounted: luau.unchecked ?? `${luau.runtime.name} counts no lines` }),
  };
}

/** As people know it from Jest: a line a file, what failed, and the sums. */
export function renderTests(run: TestRun, colors: Colors): string {
  const { files, passed, failed, output, milliseconds, coverage, uncounted } = run;
  if (files.length === 0)
    return 'No spec was found: tests/graveshift holds none, or none whose path has the text.';
  const lines = files.map(({ file, passed: good, failed: bad }) => {
    const mark = bad > 0 ? colors.red('FAIL') : colors.green('PASS');
    return `${mark} ${plainText(file)} ${colors.dim(`${good} passed${bad > 0 ? `, ${bad} failed` : ''}`)}`;
  });
  for (const { file, test, message } of failed) {
    lines.push(
      '',
      colors.red(`  ● ${plainText(test === '' ? file : test)}`),
      `    ${plainText(message, { lines: true }).replaceAll('\n', '\n    ')}`,
    );
  }
  if (output.length > 0) {
    lines.push('', ...output.map(({ file, text }) => colors.dim(`  ${plainText(file)}: ${plainText(text)}`)));
  }
  const broken = files.filter(({ failed: bad }) => bad > 0).length;
  lines.push(
    '',
    `Files: ${sum(broken, files.length - broken, colors)}`,
    `Tests: ${sum(failed.length, passed, colors)}`,
    coverage ? `Lines: ${share(coverage)}` : `Lines: not counted. ${uncounted ?? ''}`,
    `Time:  ${(milliseconds / 1000).toFixed(2)} s`,
  );
  return lines.join('\n');
}

function sum(failed: number, passed: number, colors: Colors): string {
  const bad = failed > 0 ? `${colors.red(`${failed} failed`)}, ` : '';
  return `${bad}${colors.green(`${passed} passed`)}, ${failed + passed} in all`;
}

function share(files: readonly FileCoverage[]): string {
  const all = files.reduce((total, { lines }) => total + lines, 0);
  const run = files.reduce((total, { covered }) => total + covered, 0);
  const percent = all === 0 ? 100 : Math.floor((run / all) * 1000) / 10;
  return `${percent.toFixed(1)} % of ${all} in ${files.length} modules of logic`;
}
