import {
  runSpecs,
  type LuauModule,
  type LuauTestFailure,
  type LuauTestReport,
} from '../../adapters/luau/index.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import { checked, count, notChecked } from './checked.js';
import type { CheckedCode, CodeGateTools } from './code-gate.js';
import type { Workpiece } from './workpiece.js';

export type Tested = { check: CheckedCode; report: LuauTestReport };

/** Modules as specs see them. Broken files of the project are left out: who requires one hears that it is not there. */
export function modulesOf({ scripts }: Pick<Workpiece, 'scripts'>): LuauModule[] {
  return scripts.map(({ path, source, instance }) => ({ path, source, instance }));
}

export async function checkUnitTests(
  piece: Workpiece,
  tools: CodeGateTools,
  options: { coverage: readonly string[]; signal: AbortSignal | undefined },
): Promise<Tested> {
  const modules = modulesOf(piece);
  const specs = modules.map(({ path }) => path).filter(piece.isSpec);
  const report = await runSpecs(tools.luau.runtime, modules, { ...options, specs });
  const old = await failedBefore(piece, tools, report, options.signal);
  const findings = report.failures.map((failure) => toFinding(failure, piece, old));
  const figures = `${count(report.passed, 'test')} in ${count(report.files, 'file')}`;
  const check =
    report.passed === 0 && findings.length === 0
      ? notChecked('unit-tests', 'The change set holds no test')
      : checked('unit-tests', findings, {
          passed: `${figures} passed`,
          failed: (errors) => `${count(errors, 'failure')}; ${figures} passed`,
        });
  return { check, report };
}

/** Of specs that the change left as they are: those that fail without it, too. */
async function failedBefore(
  { input, written, scripts }: Workpiece,
  { luau }: CodeGateTools,
  report: LuauTestReport,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const suspects = new Set(report.failures.map(({ file }) => file).filter((file) => !written.has(file)));
  if (suspects.size === 0) return suspects;
  const before = scripts.flatMap(({ path, instance }) => {
    const bytes = input.base.get(path);
    return bytes === undefined ? [] : [{ path, instance, source: new TextDecoder().decode(bytes) }];
  });
  const again = await runSpecs(luau.runtime, before, { specs: [...suspects], signal });
  return new Set(again.failures.map(({ file }) => file));
}

const located = /^(.+?):(\d+): (.*)$/s;

/** A failure is where the message says that it happened, as far as that is a file of the project. */
function toFinding(
  { file, test, message }: LuauTestFailure,
  { sources }: Workpiece,
  old: ReadonlySet<string>,
): CodeFinding {
  const [, path = '', line, text = ''] =
    located.exec(message.replace(/^a thread that it started failed: /, '')) ?? [];
  const where = sources.has(path)
    ? { file: path, line: Number(line) }
    : { file, ...lineOfTest(sources.get(file), test) };
  const wasSo = old.has(file) ? "; it is the project's own and failed before" : '';
  const said = sources.has(path) ? text : message;
  const name = test === '' ? '' : `${test}: `;
  return {
    check: 'tests',
    ...where,
    rule: test === '' ? 'broken-spec' : 'failed-test',
    severity: old.has(file) ? 'warning' : 'error',
    message: `${where.file === file ? '' : `${file} › `}${name}${said}${wasSo}`,
  };
}

/** Where a test begins, by its own name: what did not end cannot say where it was. */
function lineOfTest(source: string | undefined, test: string): { line?: number } {
  const name = test.split(' › ').at(-1) ?? '';
  const line =
    name === '' ? -1 : (source ?? '').split('\n').findIndex((text) => text.includes(JSON.stringify(name)));
  return line < 0 ? {} : { line: line + 1 };
}
