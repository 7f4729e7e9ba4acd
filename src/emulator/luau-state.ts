import { z } from 'zod';

const logEntrySchema = z.object({
  type: z.enum(['OUTPUT', 'WARNING', 'ERROR']),
  message: z.string(),
  at: z.number(),
});
export type LuauLogEntry = z.infer<typeof logEntrySchema>;

const outcomeSchema = z.object({
  /** The returned values, as a JSON array. */
  results: z.string().optional(),
  error: z
    .object({
      code: z.enum(['SCRIPT_ERROR', 'DEADLINE_EXCEEDED', 'OUTPUT_SIZE_LIMIT_EXCEEDED', 'INTERNAL_ERROR']),
      message: z.string(),
    })
    .optional(),
  logs: z.array(logEntrySchema),
});
export type LuauOutcome = z.infer<typeof outcomeSchema>;

/** A task of Luau execution. The script is a blob. */
export const luauTaskSchema = z.object({
  universeId: z.string(),
  placeId: z.string(),
  version: z.int(),
  sessionId: z.string(),
  ownerId: z.string(),
  scriptSha256: z.string(),
  timeoutMs: z.int(),
  createdAt: z.number(),
  /** Until then it is queued. */
  startsAt: z.number(),
  /** Absent while it runs; one that a kill cut off runs again. */
  outcome: outcomeSchema.optional(),
  endedAt: z.number().optional(),
});
export type LuauTask = z.infer<typeof luauTaskSchema>;
