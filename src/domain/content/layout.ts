import { z } from 'zod';

/** What the Luau generator answers for a whole area; coordinates in studs from its north-west corner. */
export const contentLayoutSchema = z.object({
  /** Of each kind, in the config's order: x and z of each, one after the other. */
  points: z.array(z.array(z.number())),
  /** Walls of rooms: x, z, width and depth of each. */
  walls: z.array(z.number()),
  /** Of each room: column, row, kind (from 1). */
  rooms: z.array(z.number()),
  /** How often each variation is used, by asset id. */
  uses: z.record(z.string(), z.number()),
  report: z.object({
    results: z.array(
      z.object({
        rule: z.string(),
        holds: z.boolean(),
        checked: z.number(),
        worst: z.number().optional(),
        problem: z.string().optional(),
      }),
    ),
    counts: z.array(z.object({ kind: z.string(), count: z.number(), wanted: z.number() })),
    parts: z.number(),
    placements: z.number(),
  }),
  chunks: z.number(),
});
export type ContentLayout = z.infer<typeof contentLayoutSchema>;
