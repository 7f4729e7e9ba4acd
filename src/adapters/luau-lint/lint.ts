import type { CodeFinding } from '../../domain/code-finding.js';
import { tokenizeLuau, withoutAllowed } from '../quality/index.js';
import type { LintRule, LintScript } from './lint-script.js';
import { neverDisconnected } from './rules/connections.js';
import { gameMember, globalWrite } from './rules/globals.js';
import { instanceNewParent, parentLast } from './rules/instances.js';
import { busyLoop } from './rules/loops.js';
import { lateRequire } from './rules/requires.js';
import { deprecatedScheduler } from './rules/scheduler.js';
import { wrongService, wrongSide } from './rules/sides.js';
import { yieldAtLoad } from './rules/yields.js';

/** Rules that look at one script at a time; `require-cycle` looks at all of them together. */
export const lintRules: readonly LintRule[] = [
  deprecatedScheduler,
  instanceNewParent,
  parentLast,
  globalWrite,
  gameMember,
  busyLoop,
  yieldAtLoad,
  neverDisconnected,
  lateRequire,
  wrongSide,
  wrongService,
];

/** What the rules find in a script, in the order of its lines, without what a comment with a reason allows. */
export function lintScript(script: LintScript): CodeFinding[] {
  const findings = lintRules.flatMap(({ id, severity = 'error', find }) =>
    find(script).map(({ node: { line, column, endLine }, message, fix }): CodeFinding => ({
      check: 'lint',
      file: script.path,
      line,
      column,
      ...(endLine > line && { endLine }),
      rule: id,
      severity,
      message,
      fix,
    })),
  );
  const kept = withoutAllowed(findings, tokenizeLuau(script.tree.source)).findings;
  return kept.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
