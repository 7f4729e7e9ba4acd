import type { Finding } from './finding.js';
import type { LuauSource } from './luau-tokens.js';

/** `-- graveshift: allow remote-arguments (Guard.check looks at them)`: a reason is part of it. */
const allowance = /^graveshift: allow ([a-z-]+) \(.*\S.*\)$/;

/** Findings without those that a comment on their line, or on the line before, allows by its rule. */
export function withoutAllowed<Found extends Pick<Finding, 'rule'> & { line?: number | undefined }>(
  findings: readonly Found[],
  { comments }: LuauSource,
): { findings: Found[]; allowed: number } {
  const allowances = comments.flatMap(({ text, line }) => {
    const rule = allowance.exec(text)?.[1];
    return rule === undefined ? [] : [{ rule, line }];
  });
  const kept = findings.filter(
    (finding) =>
      !allowances.some(
        ({ rule, line }) => rule === finding.rule && (line === finding.line || line + 1 === finding.line),
      ),
  );
  return { findings: kept, allowed: findings.length - kept.length };
}
