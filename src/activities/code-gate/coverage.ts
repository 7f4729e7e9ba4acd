import { descendants, type SyntaxNode } from '../../adapters/luau-syntax/index.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import type { FileCoverage } from '../../domain/code-report.js';
import { checked, count } from './checked.js';
import type { CheckedCode } from './code-gate.js';
import type { Workpiece } from './workpiece.js';

export type Covered = { check: CheckedCode; files: FileCoverage[] };

/** Share of the lines of the logic that tests ran. */
export function checkCoverage(
  piece: Workpiece,
  logic: readonly string[],
  counts: ReadonlyMap<string, ReadonlyMap<number, number>>,
): Covered {
  const least = piece.input.rules.coverage;
  const files = lineCoverage(piece, logic, counts);
  const lines = files.reduce((sum, file) => sum + file.lines, 0);
  const covered = files.reduce((sum, file) => sum + file.covered, 0);
  const share = lines === 0 ? 1 : covered / lines;
  const isEnough = share >= least;
  const findings = files
    .filter((file) => file.covered < file.lines * least)
    .map(({ file, lines, covered, missed }): CodeFinding => ({
      check: 'coverage',
      file,
      line: missed[0] ?? 1,
      rule: 'untested-lines',
      severity: isEnough ? 'warning' : 'error',
      message: `tests run ${covered} of its ${count(lines, 'line')}; not ${ranges(missed)}`,
      fix: 'test what these lines decide, or leave them out',
    }));
  const figures =
    logic.length === 0
      ? 'No logic is new: data, engine code and what the project has already'
      : `Tests run ${covered} of ${lines} lines (${percent(share)}) of ${count(logic.length, 'module')} of new logic`;
  const check = checked('coverage', findings, {
    passed: figures,
    failed: () => `${figures}; ${percent(least)} are asked for`,
  });
  return { check, files };
}

/** How many lines of each module tests ran. */
export function lineCoverage(
  piece: Workpiece,
  logic: readonly string[],
  counts: ReadonlyMap<string, ReadonlyMap<number, number>>,
): FileCoverage[] {
  return logic.map((file) => coverageOf(piece, file, counts.get(file)));
}

const percent = (share: number) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

function coverageOf(
  { script }: Workpiece,
  file: string,
  counts: ReadonlyMap<number, number> | undefined,
): FileCoverage {
  const opened = script(file);
  // A module that nothing loaded was not counted: its statements say how many lines it has.
  const all = counts ?? new Map(statementLines(opened?.tree.root).map((line) => [line, 0]));
  const missed = [...all].filter(([, times]) => times === 0).map(([line]) => line);
  return { file, lines: all.size, covered: all.size - missed.length, missed: missed.sort((a, b) => a - b) };
}

function statementLines(root: SyntaxNode | undefined): number[] {
  if (root === undefined) return [];
  const statements = [...descendants(root)].filter(
    ({ isNamed, type, parent }) =>
      isNamed &&
      type !== 'comment' &&
      (parent?.type === 'block' || parent?.type === 'chunk') &&
      type !== 'block',
  );
  return [...new Set(statements.map(({ line }) => line))];
}

/** `lines 3-5, 9`. */
function ranges(lines: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (lines[end + 1] === (lines[end] ?? 0) + 1) end += 1;
    parts.push(at === end ? String(lines[at]) : `${lines[at] ?? 0}-${lines[end] ?? 0}`);
    at = end + 1;
  }
  const shown = parts.slice(0, 8).join(', ');
  return `${lines.length === 1 ? 'line' : 'lines'} ${shown}${parts.length > 8 ? ', …' : ''}`;
}
