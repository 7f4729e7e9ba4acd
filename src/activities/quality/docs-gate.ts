import { gateResult, type GateResult } from '../../domain/gate.js';
import type { ReleaseSource } from './release-source.js';

const isDocs = (path: string): boolean =>
  /(^|\/)(changelog|readme)(\.[a-z]+)?$/i.test(path) ||
  /^docs\//i.test(path) ||
  /\.(md|mdx|rst|adoc)$/i.test(path);
const isCode = (path: string): boolean =>
  /\.(luau?|tsx?|rbxmx?|rbxlx?|model\.json|project\.json)$/i.test(path) && !/\.spec\.luau?$/i.test(path);

/** Who changes code tells people: a changelog, a README or a page changes with it. A night brings its page in `docs/nights`. */
export async function checkDocs({
  project,
  content,
  since,
  git,
  paths,
  signal,
}: ReleaseSource): Promise<GateResult> {
  const changed = await git.changedPaths(project.name, { since, commit: content.commit }, { signal });
  const code = changed.filter(isCode);
  const docs = changed.filter(isDocs);
  if (code.length === 0) return gateResult('docs', 'pass', 'The change touches no code');
  if (docs.length > 0) {
    const shown = docs.slice(0, 3).join(', ');
    const more = docs.length > 3 ? ` and ${docs.length - 3} more` : '';
    return gateResult('docs', 'pass', `${code.length} files of code changed, and so did ${shown}${more}`);
  }
  if (!(await paths()).some(isDocs)) {
    return gateResult(
      'docs',
      'inconclusive',
      'The project has neither a changelog nor a page: begin a CHANGELOG.md, or set gates.policy.docs to "off"',
    );
  }
  return gateResult(
    'docs',
    'fail',
    `${code.length} files of code changed, and no changelog, README or page with them`,
    code.map((path) => `${path} changed (fix: say in CHANGELOG.md what is new for players)`),
  );
}
