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
