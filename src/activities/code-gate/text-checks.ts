import { compileScripts, formatLuau } from '../../adapters/luau/index.js';
import { syntaxHint } from '../../adapters/luau-lint/index.js';
import { digestOf } from '../../domain/canonical-json.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import { GraveshiftError } from '../../domain/failure.js';
import { checked, count } from './checked.js';
import type { CheckedCode, CodeGateTools } from './code-gate.js';
import type { Workpiece } from './workpiece.js';

export function checkPaths({ findings, input }: Workpiece): CheckedCode {
  return checked('paths', findings, {
    passed: `${count(input.changes.size, 'path')} can be written`,
    failed: (errors) => `${errors} of ${count(input.changes.size, 'path')} cannot be written`,
  });
}

/** All scripts are compiled; those that the change did not write are warned of and never blamed on it. */
export async function checkSyntax(
  { sources, written }: Workpiece,
  { luau }: CodeGateTools,
  signal: AbortSignal | undefined,
): Promise<CheckedCode> {
  const errors = await compileScripts(luau.runtime, sources, signal);
  const findings = errors.map(({ file, line, message }): CodeFinding => {
    const fix = syntaxHint(sources.get(file) ?? '', line);
    return {
      check: 'syntax',
      file,
      line,
      rule: 'SyntaxError',
      severity: written.has(file) ? 'error' : 'warning',
      message: written.has(file) ? message : `${message}; it is the project's own and was so before`,
      ...(fix !== undefined && { fix }),
    };
  });
  return checked('syntax', findings, {
    passed: `${count(written.size, 'Luau file')} compile`,
    failed: (wrong) => `${wrong} of ${count(written.size, 'Luau file')} do not compile`,
  });
}

/** Formatting a file costs more than all other looks at it, and is the same for the same bytes. */
const formatVersion = 'stylua 2.5.2';

export async function checkFormat(
  { written, changed }: Workpiece,
  { cache }: CodeGateTools,
): Promise<CheckedCode> {
  const findings: CodeFinding[] = [];
  for (const [file, source] of written) {
    if (!changed.has(file)) continue;
    const key = digestOf({ check: 'format', formatVersion, source });
    if ((await cache?.get(key)) === true) continue;
    const finding = formatFinding(file, source);
    if (finding === undefined) await cache?.put(key, true);
    else findings.push(finding);
  }
  return checked('format', findings, {
    passed: `${count(written.size, 'Luau file')} are formatted`,
    failed: (wrong) => `${wrong} of ${count(written.size, 'Luau file')} are not formatted`,
  });
}

function formatFinding(file: string, source: string): CodeFinding | undefined {
  const finding = { check: 'format', file, rule: 'stylua', severity: 'error' } as const;
  try {
    const formatted = formatLuau(file, source);
    if (formatted === source) return undefined;
    const [lines, wanted] = [source.split('\n'), formatted.split('\n')];
    const line = lines.findIndex((text, index) => text !== wanted[index]) + 1;
    const shown = wanted[line - 1]?.trim();
    return {
      ...finding,
      line: Math.max(line, 1),
      message: 'is not formatted as StyLua formats it',
      ...(shown !== undefined && shown !== '' && { fix: `write: ${shown}` }),
    };
  } catch (error) {
    if (error instanceof GraveshiftError) return { ...finding, message: error.message };
    throw error;
  }
}
