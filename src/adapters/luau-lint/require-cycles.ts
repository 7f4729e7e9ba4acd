import type { CodeFinding } from '../../domain/code-finding.js';

/** Where a module requires another one: positions from 1. */
export type Requirement = { target: string; line: number; column: number };

/**
 * Circles of modules that require each other, each reported once: in the engine the last of them never loads.
 * @param requirements what a path requires while it loads
 * @param changed looked at from here; a circle is reported at the first of these in it
 */
export function findRequireCycles(
  requirements: (path: string) => readonly Requirement[],
  changed: Iterable<string>,
): CodeFinding[] {
  const findings: CodeFinding[] = [];
  const own = new Set(changed);
  const done = new Set<string>();
  const open: { file: string; by: Requirement }[] = [];

  function visit(file: string): void {
    if (done.has(file)) return;
    for (const by of requirements(file)) {
      open.push({ file, by });
      const at = open.findIndex((step) => step.file === by.target);
      if (at < 0) visit(by.target);
      else findings.push(describe(open.slice(at)));
      open.pop();
    }
    done.add(file);
  }

  function describe(circle: readonly { file: string; by: Requirement }[]): CodeFinding {
    const at = circle.findIndex(({ file }) => own.has(file));
    const inOrder = [...circle.slice(Math.max(at, 0)), ...circle.slice(0, Math.max(at, 0))];
    const [first] = inOrder;
    const names = [...inOrder.map(({ file }) => file), first?.file ?? ''];
    return {
      check: 'lint',
      file: first?.file ?? '',
      line: first?.by.line,
      column: first?.by.column,
      rule: 'require-cycle',
      severity: 'error',
      message: `modules require each other in a circle: ${names.join(' → ')}`,
      fix: 'move what both need into a third module, or pass it in as an argument',
    };
  }

  for (const file of [...own].sort()) visit(file);
  return findings.filter(({ file }) => own.has(file));
}
