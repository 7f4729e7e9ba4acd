import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ApprovalsView } from '../../domain/approval.js';
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

/** `missing`: what the request still lacks, in words. */
export type DecideAnswer = { accepted: true; verb: string; by: string; missing?: string[] };
/**
 * `{decision: 'approve' | 'reject', by, reason?, digest?, signature?}`; refused by its validator when it would not count,
 * and when its signature turns out not to be valid.
 */
export const decideUpdate = defineUpdate<DecideAnswer, [unknown]>('decide');

export type ResolveAnswer = { accepted: true; step: string; action: string };
/** `{step, action, by, reason?}`; refused by its validator when the step does not wait for it. */
export const resolveStepUpdate = defineUpdate<ResolveAnswer, [unknown]>('resolveStep');

export const progressQuery = defineQuery<Progress>('progress');
export const approvalsQuery = defineQuery<ApprovalsView>('approvals');
