import { z } from 'zod';

export const pauseSchema = z.strictObject({
  by: z.string().trim().min(1).max(80),
  reason: z.string().max(500).optional(),
});
export type PauseRequest = z.infer<typeof pauseSchema>;

export const resolutionActions = ['retry', 'skip', 'alternative', 'landed', 'abort'] as const;
export type ResolutionAction = (typeof resolutionActions)[number];

/** What a person says about a step that needs attention. */
export const resolutionSchema = z.strictObject({
  by: z.string().trim().min(1).max(80),
  reason: z.string().max(500).optional(),
  step: z.string().min(1).max(80),
  action: z.enum(resolutionActions),
  /** With `landed`: the place version that a person found in the place's history. */
  version: z.int().positive().optional(),
});
export type Resolution = z.infer<typeof resolutionSchema>;
