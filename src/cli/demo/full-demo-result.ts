import { z } from 'zod';

import type { RunSummary } from '../../client.js';
import type { TimelineEntry } from '../../domain/timeline.js';
import type { ReleaseRecord } from '../../adapters/ledger/index.js';
import type { DemoResult } from './demo-result.js';

/** What `deploy` answers when its release went to players. */
export const deployedSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('kept'),
    from: z.string(),
    version: z.number(),
    release: z.object({ version: z.string(), tag: z.string() }),
  }),
  z.object({
    outcome: z.literal('taken-back'),
    from: z.string(),
    version: z.number(),
    reason: z.string(),
    rollback: z.string(),
  }),
]);
export type Deployed = z.infer<typeof deployedSchema>;

/** What `emergencyRollback` answers when the place is back. */
export const rolledBackSchema = z.object({
  outcome: z.literal('rolled-back'),
  version: z.number(),
  tag: z.string(),
  reason: z.string(),
  postMortem: z.string().optional(),
});
export type RolledBack = z.infer<typeof rolledBackSchema>;

type Measured = {
  workflowId: string;
  runId: string;
  /** Of the run and its share of the place entity, without the rollback that a deploy asked for. */
  actions: number;
};

export type DemoRollback = RolledBack &
  Measured & {
    requestedBy: string;
    /** From the request to the published version. */
    publishedAfterSeconds: number;
  };

/** The last line of `graveshift demo --full --json`. */
export type FullDemoResult = {
  nights: DemoResult[];
  deploys: (Deployed & Measured)[];
  rollbacks: DemoRollback[];
  /** Every version that staging and production got, the newest first, and how it fared. */
  releases: ReleaseRecord[];
  /** What players have at the end, as the place entity knows it. */
  live: { placeId: string; version: number; tag: string };
  timelines: { run: Pick<RunSummary, 'workflowId' | 'runId' | 'status'>; entries: TimelineEntry[] }[];
  /** From the command's start, the start of the stack included. */
  durationMs: number;
};
