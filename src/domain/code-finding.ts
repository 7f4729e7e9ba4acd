import { z } from 'zod';

/** What looked, in the order in which the gate `code` asks: one that fails makes those after it pointless to read. */
export const codeChecks = [
  'paths',
  'syntax',
  'format',
  'types',
  'lint',
  'security',
  'tests',
  'coverage',
  'mutants',
  'map',
  'play',
] as const;
export type CodeCheck = (typeof codeChecks)[number];

/** One thing that is wrong with a file, as a person or a generator can act on it. Lines and columns count from 1. */
export const codeFindingSchema = z.object({
  check: z.enum(codeChecks),
  /** Path in the project, with forward slashes. */
  file: z.string(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
  endLine: z.int().positive().optional(),
  endColumn: z.int().positive().optional(),
  /** Kebab-case or Luau's own name, such as `deprecated-api`, `TypeError`, `LocalUnused`. */
  rule: z.string(),
  /** A warning is shown and does not fail its check. */
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  /** What to do about it, where that is known. */
  fix: z.string().optional(),
});
export type CodeFinding = z.infer<typeof codeFindingSchema>;

/** `src/server/Main.server.luau:3:5 TypeError: … (fix: …)`. */
export function describeCodeFinding({ file, line, column, rule, message, fix }: CodeFinding): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place} ${rule}: ${message}${fix === undefined ? '' : ` (fix: ${fix})`}`;
}
