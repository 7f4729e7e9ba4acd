import { z } from 'zod';

import type { Environment } from './project.js';

/** Workflow id of the entity that says who may publish to a place. */
export function placeWorkflowId(host: string, placeId: string): string {
  return `graveshift/place/${host}/${placeId}`;
}

/** Lease priorities: the smaller number goes first. */
export const leasePriorities = { rollback: 1, deploy: 2, content: 3 } as const;

/** Nothing but a rollback gets the place while it is frozen. */
export type Freeze = { by: string; reason: string; since: string };

export const freezeSchema = z.strictObject({
  by: z.string().trim().min(1).max(80),
  reason: z.string().trim().min(1).max(500),
});

export const unfreezeSchema = z.strictObject({
  by: z.string().trim().min(1).max(80),
  reason: z.string().max(500).optional(),
});

/** A version of the place that we published, in short. */
export type PlaceVersionRecord = {
  version: number;
  runId: string;
  sha256: string;
  commit: string;
  tag: string;
};

/** A version that no run of ours recorded: a person's, or one of ours that landed after it was given up. */
export type UnrecordedVersion = {
  version: number;
  createdBy?: string;
  createdAt?: string;
  published: boolean;
  content: 'ours' | 'other' | 'unreadable';
  /** In words, such as `the bytes of night-3-1a2b3c4d, which was given up as absent`. */
  note: string;
};

/** What the ledger and the place's version history say together. */
export type PlaceAudit = {
  host: Environment['host'];
  placeId: string;
  at: string;
  /** The newest version in the history; absent for a place without any. */
  head?: number;
  /** The newest published version that is ours and recorded. */
  live?: PlaceVersionRecord;
  stable?: PlaceVersionRecord;
  frozen?: Freeze;
  /** After our first version, the newest first, ten at most. */
  unrecorded: UnrecordedVersion[];
  /**
   * Intents whose outcome was open, and what the history says of them. Only `landed` is settled for good: what is absent
   * may still land.
   */
  settled: { runId: string; outcome: 'landed' | 'absent' | 'ambiguous'; version?: number }[];
  highestLease: number;
  /** True when the newest published version is our live one. */
  inStep: boolean;
};
