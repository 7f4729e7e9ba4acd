import type { CodeFinding } from '../../domain/code-finding.js';

/** Where a module requires another one: positions from 1. */
export type Requirement = { target: string; line: number; column: number };

/**
 * Circles of modules that require each other, each reported once, at the requirement that closes it: in the engine the
 * last of them never loads.
 * @param requirements path → what it requires while it loads
 */
export function findRequireCycles(requirements: ReadonlyMap<string, readonly Requirement[]>): CodeFinding[] {
  const findings: CodeFinding[] = [];
  const done = new Set<string>();
  const open: string[] = [];

  function visit(file: string): void {
    if (done.has(file)) return;
    open.push(file);
    for (const { target, line, column } of requirements.get(file) ?? []) {
      const at = open.indexOf(target);
      if (at < 0) {
        visit(target);
        continue;
      }
      const circle = [...open.slice(at), target];
      findings.push({
        check: 'lint',
        file,
        line,
        column,
        rule: 'require-cycle',
        severity: 'error',
        message: `modules require each other in a circle: ${circle.join(' → ')}`,
        fix: 'move what both need into a third module, or pass it in as an argument',
      });
    }
    open.pop();
    done.add(file);
  }

  for (const file of [...requirements.keys()].sort()) visit(file);
  return findings;
}
