import type { GateResult, Verdict } from '../../domain/gate.js';

const longestSummary = 400;
const longestFinding = 300;
const mostFindings = 10;

/** A gate's result within the bounds of a history, cut by code point so that no character is halved. */
export function gateResult(
  gate: string,
  verdict: Verdict,
  summary: string,
  findings: readonly string[] = [],
): GateResult {
  return {
    gate,
    verdict,
    summary: shorten(summary, longestSummary),
    findings: findings.slice(0, mostFindings).map((finding) => shorten(finding, longestFinding)),
  };
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
