import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ApprovalState } from '../../domain/approval.js';
import type { Progress } from '../../domain/progress.js';

/*
 * The controls of every pipeline. Signals carry what a person typed: `unknown` until it is parsed, because a handler
 * that throws would wedge the run.
 */
export const pauseSignal = defineSignal<[unknown]>('pause');
export const resumeSignal = defineSignal<[unknown]>('resume');
export const approveSignal = defineSignal<[unknown]>('approve');
export const rejectSignal = defineSignal<[unknown]>('reject');
export const resolveSignal = defineSignal<[unknown]>('resolve');

export type DecideAnswer = { accepted: true; verb: string; by: string };
/** `{decision: 'approve' | 'reject', by, reason?, digest?}`; refused by its validator when it would not count. */
export const decideUpdate = defineUpdate<DecideAnswer, [unknown]>('decide');

export type ResolveAnswer = { accepted: true; step: string; action: string };
/** `{step, action, by, reason?}`; refused by its validator when the step does not wait for it. */
export const resolveStepUpdate = defineUpdate<ResolveAnswer, [unknown]>('resolveStep');

export const progressQuery = defineQuery<Progress>('progress');
export const approvalsQuery = defineQuery<ApprovalState & { candidate?: unknown }>('approvals');
