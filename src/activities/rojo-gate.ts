import type { Difference } from '../adapters/rojo/index.js';
import type { GateResult, Verdict } from '../domain/gate.js';

const mostFindings = 10;
const longestFinding = 300;

const words: Record<Difference['kind'], string> = {
  missing: 'is missing',
  stale: 'is there, and should not be',
  changed: 'has another source',
};

/** Such as `ServerScriptService/Server/Graveshift (Script, src/server/Graveshift.server.luau) is missing`. */
export function describeDifference({ kind, path, className, file }: Difference): string {
  return `${path} (${className}${file === undefined ? '' : `, ${file}`}) ${words[kind]}`;
}

export function placeGate(
  gate: string,
  verdict: Verdict,
  summary: string,
  findings: readonly string[] = [],
): GateResult {
  return {
    gate,
    verdict,
    summary: shorten(summary, 400),
    findings: findings.slice(0, mostFindings).map((finding) => shorten(finding, longestFinding)),
  };
}

/** Cuts by code point, so that no character is halved. */
function shorten(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${Array.from(text)
        .slice(0, most / 2 - 1)
        .join('')}…`;
}

/** Equal findings of different instances differ by nothing that a person could act on. */
export function countByKind(differences: readonly Difference[]): string {
  const kinds = ['missing', 'stale', 'changed'] as const;
  return kinds
    .map((kind) => ({ kind, count: differences.filter((difference) => difference.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}
