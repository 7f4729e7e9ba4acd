import { z } from 'zod';

import { codeFindingSchema } from './code-finding.js';
import { gateResultSchema } from './gate.js';

const fileCoverageSchema = z.object({
  file: z.string(),
  /** Lines that hold code. */
  lines: z.int().nonnegative(),
  /** Of them, those that some test ran. */
  covered: z.int().nonnegative(),
  /** Lines that no test ran, from 1. */
  missed: z.array(z.int().positive()),
});
export type FileCoverage = z.infer<typeof fileCoverageSchema>;

export const mutantSchema = z.object({
  file: z.string(),
  line: z.int().positive(),
  /** What was changed, such as `< became <=`. */
  change: z.string(),
  /** `killed`: some test failed with it. `timeout`: a test did not end with it, which counts as killed. */
  end: z.enum(['killed', 'timeout', 'survived']),
});
export type Mutant = z.infer<typeof mutantSchema>;

/** Everything that the gate `code` found about a change set, in the store as JSON. */
export const codeReportSchema = z.object({
  version: z.literal(1),
  /** Such as `night 3`. */
  subject: z.string(),
  /** Digest of the change set that was looked at. */
  changeSet: z.string(),
  /** What looked, such as `luau-kit 0.1.0 (Luau 0.720)`. */
  tools: z.array(z.string()),
  checks: z.array(z.object({ gate: gateResultSchema, findings: z.array(codeFindingSchema) })),
  tests: z.object({ files: z.int(), passed: z.int(), failed: z.int() }).optional(),
  coverage: z.array(fileCoverageSchema).optional(),
  mutants: z.array(mutantSchema).optional(),
});
export type CodeReport = z.infer<typeof codeReportSchema>;
