import type { CodeCheck, CodeFinding } from '../../domain/code-finding.js';

/** What Luau's analysis calls an error or a lint → which check of the gate it belongs to. */
export function checkOfRule(rule: string): CodeCheck {
  if (rule === 'SyntaxError') return 'syntax';
  return rule === 'TypeError' ? 'types' : 'lint';
}

/** Lints about what the engine does not have any more, or will not have for long; the others are warnings. */
export function severityOfRule(rule: string): CodeFinding['severity'] {
  return ['SyntaxError', 'TypeError', 'DeprecatedApi', 'DeprecatedGlobal'].includes(rule)
    ? 'error'
    : 'warning';
}

/** By file and place, as a person reads them. */
export function sortFindings(findings: readonly CodeFinding[]): CodeFinding[] {
  return [...findings].sort(
    (a, b) =>
      compareText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
