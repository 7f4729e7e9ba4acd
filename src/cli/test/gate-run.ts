import { checkSources, type CodeGateResult, type CodeGateTools } from '../../activities/code-gate/index.js';
import { testsMount } from '../../adapters/luau/index.js';
import type { WorkingCopy } from '../../adapters/projects/working-copy.js';
import { describeCodeFinding } from '../../domain/code-finding.js';
import type { Verdict } from '../../domain/gate.js';
import type { Colors } from '../context.js';
import { plainText } from '../view/text.js';

/** The gate `code` over what differs from the last commit. */
export function checkWorkingCopy(
  { config, rojoProject, files, committed }: WorkingCopy,
  tools: CodeGateTools,
  signal: AbortSignal,
): Promise<CodeGateResult> {
  const isSame = (path: string, bytes: Uint8Array) => {
    const before = committed.get(path);
    return before !== undefined && Buffer.compare(before, bytes) === 0;
  };
  const changes = new Map<string, Uint8Array | null>();
  for (const [path, bytes] of files) if (bytes && !isSame(path, bytes)) changes.set(path, bytes);
  for (const path of committed.keys()) if (!files.has(path)) changes.set(path, null);
  const { coverage, security } = config.gates;
  return checkSources(
    {
      base: committed,
      changes,
      rojoProject,
      tests: [testsMount],
      rules: {
        coverage,
        mutants: 0.6,
        allowedAssets: new Set(security.allowedAssets),
        allowedHosts: security.allowedHosts,
      },
    },
    tools,
    { signal },
  );
}

export function renderGates(
  { gates, checks }: Pick<CodeGateResult, 'gates' | 'checks'>,
  colors: Colors,
): string {
  const paint: Record<Verdict, (text: string) => string> = {
    pass: colors.green,
    fail: colors.red,
    inconclusive: colors.yellow,
  };
  const width = Math.max(...gates.map(({ gate }) => gate.length));
  const lines = gates.map(
    ({ gate, verdict, summary }) =>
      `${gate.padEnd(width)}  ${paint[verdict](verdict.padEnd(12))}  ${plainText(summary)}`,
  );
  for (const { gate, findings } of checks.filter((check) => check.findings.length > 0)) {
    lines.push('', gate.gate, ...findings.map((finding) => describe(finding, colors)));
  }
  return lines.join('\n');
}

function describe(finding: CodeGateResult['findings'][number], colors: Colors): string {
  const mark = finding.severity === 'error' ? colors.red('error') : colors.yellow('warning');
  return `  ${mark} ${plainText(describeCodeFinding(finding))}`;
}
