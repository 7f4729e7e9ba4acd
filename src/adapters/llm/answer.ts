import { z } from 'zod';

/** What a model is asked to answer. A file that is not in the answer stays as it was. */
export const codeAnswerSchema = z.object({
  files: z
    .array(
      z.object({
        path: z.string().describe("Path from the project's root, with forward slashes"),
        source: z.string().describe('The whole file'),
      }),
    )
    .min(1),
  notes: z.string().describe('What was decided, in one or two sentences'),
});
export type CodeAnswer = z.infer<typeof codeAnswerSchema>;

/** What came of a call that was answered, and so was paid for. */
export const modelOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), answer: codeAnswerSchema }),
  z.object({
    kind: z.literal('unusable'),
    /** `prose`: no JSON; `cut`: longer than it may be; `shape`: JSON of another shape; `refused`: the model would not. */
    reason: z.enum(['prose', 'cut', 'shape', 'refused']),
    /** How it began. */
    text: z.string(),
  }),
]);
export type ModelOutcome = z.infer<typeof modelOutcomeSchema>;

export const modelReplySchema = z.object({
  outcome: modelOutcomeSchema,
  usage: z.object({ inputTokens: z.int().nonnegative(), outputTokens: z.int().nonnegative() }),
  usd: z.number().nonnegative(),
});
export type ModelReply = z.infer<typeof modelReplySchema>;
