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

/** Luau's own analysis over project and change; what it finds in the project's own files is a warning. */
export async function checkTypes(
  { map, sources, written }: Workpiece,
  { luau }: CodeGateTools,
  signal: AbortSignal | undefined,
): Promise<CheckedCode> {
  if (luau.checker === undefined)
    return notChecked('types', luau.unchecked ?? 'Nothing here checks types of Luau');
  const found = await luau.checker.check({ sourceMap: map, sources }, signal);
  const findings = found.map((finding): CodeFinding =>
    written.has(finding.file) ? finding : { ...finding, severity: 'warning' },
  );
  return checked('types', findings, {
    passed: `${luau.checker.version} finds no error in ${count(written.size, 'Luau file')}`,
    failed: (errors) => `${count(errors, 'error')} by ${luau.checker?.version ?? 'the checker'}`,
  });
}

/** @param broken files that do not compile: what their trees hold is guesswork */
export function checkLint(
  { written, script, requirements }: Workpiece,
  broken: ReadonlySet<string>,
): CheckedCode {
  const findings = [
    ...[...written.keys()].flatMap((path) => {
      const opened = broken.has(path) ? undefined : script(path);
      return opened === undefined ? [] : lintScript(opened);
    }),
    ...findRequireCycles((path) => requirements(path, 'at load'), written.keys()),
  ];
  return checked('lint', findings, {
    passed: `The rules of docs/luau-rules.md find nothing in ${count(written.size, 'Luau file')}`,
    failed: (errors) => `${count(errors, 'finding')} by the rules of docs/luau-rules.md`,
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
