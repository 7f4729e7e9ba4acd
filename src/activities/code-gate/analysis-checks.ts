import { findRequireCycles, lintScript } from '../../adapters/luau-lint/index.js';
import {
  findForeignAssets,
  findLoadstring,
  findSecrets,
  findUncheckedRemotes,
  findUnknownHosts,
  makesRequests,
  tokenizeLuau,
  type Finding,
} from '../../adapters/quality/index.js';
import type { CodeFinding } from '../../domain/code-finding.js';
import { checked, count, notChecked } from './checked.js';
import type { CheckedCode, CodeGateTools } from './code-gate.js';
import type { Workpiece } from './workpiece.js';

/** What Luau's own analysis says: `lints` are for the check `lint`. */
export type Analysed = { check: CheckedCode; lints: CodeFinding[] };

/** Luau's own analysis over project and change; what it finds in the project's own files is a warning. */
export async function checkTypes(
  { map, sources, written }: Workpiece,
  { luau }: CodeGateTools,
  signal: AbortSignal | undefined,
): Promise<Analysed> {
  const { checker, unchecked = 'Nothing here checks types of Luau' } = luau;
  if (checker === undefined) return { check: notChecked('types', unchecked), lints: [] };
  const found = await checker.check({ sourceMap: map, sources }, signal);
  const findings = found.map((finding): CodeFinding =>
    written.has(finding.file) ? finding : { ...finding, severity: 'warning' },
  );
  const isLint = ({ check }: CodeFinding) => check === 'lint';
  const check = checked(
    'types',
    findings.filter((finding) => !isLint(finding)),
    {
      passed: `${checker.version} finds no error in ${count(written.size, 'Luau file')}`,
      failed: (errors) => `${count(errors, 'error')} by ${checker.version}`,
    },
  );
  return { check, lints: findings.filter((finding) => isLint(finding) && written.has(finding.file)) };
}

/**
 * Our own rules, and what Luau's analysis lints.
 * @param broken files that do not compile: what their trees hold is guesswork
 */
export async function checkLint(
  { written, script, requirements }: Workpiece,
  broken: ReadonlySet<string>,
  analysed: Promise<Analysed | undefined>,
): Promise<CheckedCode> {
  const own = [...written.keys()].flatMap((path) => {
    const opened = broken.has(path) ? undefined : script(path);
    return opened === undefined ? [] : lintScript(opened);
  });
  const cycles = findRequireCycles((path) => requirements(path, 'at load'), written.keys());
  const lints = (await analysed)?.lints ?? [];
  return checked('lint', [...own, ...cycles, ...lints], {
    passed: `Nothing to mend in ${count(written.size, 'Luau file')}`,
    failed: (errors) => `${count(errors, 'finding')} in ${count(written.size, 'Luau file')}`,
  });
}

/** As at a release, but for comments: whoever writes code does not allow itself what is unsafe. */
export function checkSecurity({ input, written, sources }: Workpiece): CheckedCode {
  const { allowedAssets, allowedHosts } = input.rules;
  const tokens = new Map([...written].map(([file, text]) => [file, tokenizeLuau(text).tokens]));
  const isOnline = [...sources].some(
    ([file, text]) =>
      text.includes('HttpService') && makesRequests(tokens.get(file) ?? tokenizeLuau(text).tokens),
  );
  const code = [...tokens].flatMap(([file, list]) => [
    ...findLoadstring(file, list),
    ...findForeignAssets(file, list, allowedAssets),
    ...findUncheckedRemotes(file, list),
    ...(isOnline ? findUnknownHosts(file, list, allowedHosts) : []),
  ]);
  const secrets = [...input.changes].flatMap(([file, bytes]) =>
    bytes === null || isBinary(bytes) ? [] : findSecrets(file, new TextDecoder().decode(bytes)),
  );
  return checked('security', [...code, ...secrets].map(toCodeFinding), {
    passed: `Nothing unsafe in ${count(input.changes.size, 'file')}`,
    failed: (errors) => `${count(errors, 'finding')} in ${count(input.changes.size, 'file')}`,
  });
}

const isBinary = (bytes: Uint8Array) => bytes.subarray(0, 8000).includes(0);

function toCodeFinding({ line, column, ...finding }: Finding): CodeFinding {
  return {
    check: 'security',
    severity: 'error',
    ...finding,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
