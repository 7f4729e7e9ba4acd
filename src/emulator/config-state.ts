import { createHash } from 'node:crypto';

import { z } from 'zod';

const entriesSchema = z.record(z.string(), z.unknown());
export type ConfigEntries = z.infer<typeof entriesSchema>;

const revisionSchema = z.object({
  revisionId: z.string(),
  version: z.int(),
  time: z.string(),
  publishedBy: z.string(),
  message: z.string(),
  changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })),
  /** All of the values after it. */
  entries: entriesSchema,
});

/** The InExperienceConfig of a universe. */
export const configSchema = z.object({
  version: z.int(),
  entries: entriesSchema,
  /** What a publish would change; null removes a key. */
  draft: entriesSchema,
  revisions: z.array(revisionSchema),
  /** Of the last publish. An immediate one is over when it begins. */
  rollout: z.object({ version: z.int(), startAt: z.number(), endAt: z.number() }).optional(),
});
export type StoredConfig = z.infer<typeof configSchema>;

export const emptyConfig = (): StoredConfig => ({ version: 0, entries: {}, draft: {}, revisions: [] });

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

export const sameValue = (a: unknown, b: unknown): boolean => canonical(a ?? null) === canonical(b ?? null);

/** Changes with the draft, and with what it would be published over. */
export const draftHash = ({ version, draft }: StoredConfig): string =>
  createHash('sha256').update(canonical({ version, draft })).digest('hex').slice(0, 32);

/** The values that a publish of the draft would leave. */
export function entriesWith(entries: ConfigEntries, draft: ConfigEntries): ConfigEntries {
  return Object.fromEntries(Object.entries({ ...entries, ...draft }).filter(([, value]) => value !== null));
}

/** The draft that leads from some values to others. */
export function draftBetween(from: ConfigEntries, to: ConfigEntries): ConfigEntries {
  const changed = Object.entries(to).filter(([key, value]) => !sameValue(from[key], value));
  const removed = Object.keys(from).filter((key) => !(key in to));
  return Object.fromEntries([...changed, ...removed.map((key): [string, unknown] => [key, null])]);
}
