import { describeCodeFinding, type CodeFinding } from '../../domain/code-finding.js';
import { gateResult } from '../../domain/gate.js';
import type { CheckedCode, CodeGate } from './code-gate.js';

/** Fails by any error. A warning is kept, and shown after the errors. */
export function checked(
  gate: CodeGate,
  findings: readonly CodeFinding[],
  summaries: { passed: string; failed: (errors: number) => string },
): CheckedCode {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const inOrder = [...errors, ...warnings];
  const rest =
    warnings.length === 0 ? '' : `; ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  const summary = `${errors.length === 0 ? summaries.passed : summaries.failed(errors.length)}${rest}`;
  const verdict = errors.length === 0 ? 'pass' : 'fail';
  return { gate: gateResult(gate, verdict, summary, inOrder.map(describeCodeFinding)), findings: inOrder };
}

/** Nothing can be said: why, and what to do about it. */
export function notChecked(gate: CodeGate, why: string): CheckedCode {
  return { gate: gateResult(gate, 'inconclusive', why), findings: [] };
}

/** `1 file`, `2 files`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
