import { z } from 'zod';

export const verdictSchema = z.enum(['pass', 'fail', 'inconclusive']);
export type Verdict = z.infer<typeof verdictSchema>;

/** One check with its verdict and evidence. `inconclusive` is never counted as `pass`. */
export const gateResultSchema = z.object({
  /** Such as `compile`, `unit-tests`, `map`, `place`. */
  gate: z.string(),
  verdict: verdictSchema,
  /** One sentence for a person, with the figures. */
  summary: z.string().max(400),
  /** The first findings, such as `src/shared/X.luau:3:5 unexpected symbol`; ten at most. */
  findings: z.array(z.string().max(300)).max(10).default([]),
});
export type GateResult = z.infer<typeof gateResultSchema>;

const mostFindings = 10;
const longestFinding = 300;
const longestSummary = 400;

/** A result that fits into a history: the first findings, each shortened. */
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

/** Cuts by code point, so that no character is halved. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length >= most) break;
    kept += character;
  }
  return `${kept}…`;
}

const severity = { pass: 0, inconclusive: 1, fail: 2 } as const satisfies Record<Verdict, number>;

/** The worst of several results of one gate: one that failed once is not made good by trying again. */
export function worstOf(results: readonly GateResult[]): GateResult | undefined {
  return results.reduce<GateResult | undefined>(
    (worst, result) =>
      worst === undefined || severity[result.verdict] > severity[worst.verdict] ? result : worst,
    undefined,
  );
}
