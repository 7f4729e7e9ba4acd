import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
  TemporalFailure,
  isCancellation,
} from '@temporalio/workflow';

import { GraveshiftError, type FailureKind } from '../../domain/failure.js';

/** A kind of ours, or what Temporal and bugs add. */
export type CauseKind = FailureKind | 'Timeout' | 'Unexpected';

/** What went wrong, without Temporal's wrapping: the kind, and the message that the outside world gave. */
export function causeOf(error: unknown): { kind: CauseKind; message: string } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return causeOf(error.cause);
  if (error instanceof TimeoutFailure) {
    return {
      kind: 'Timeout',
      message: `no answer in time (${error.timeoutType}): the worker died or the call hung`,
    };
  }
  if (error instanceof ApplicationFailure) {
    return { kind: (error.type ?? 'Unexpected') as FailureKind, message: error.message };
  }
  return { kind: 'Unexpected', message: error instanceof Error ? error.message : String(error) };
}

/** Ends the workflow with a failure of this kind; a plain `Error` would only fail the workflow task. */
export function failRun(
  kind: CauseKind,
  message: string,
  details: Record<string, unknown> = {},
): ApplicationFailure {
  return ApplicationFailure.create({ type: kind, message, nonRetryable: true, details: [details] });
}

/** Runs a pure rule; what it throws ends the workflow instead of wedging it. */
export function endingTheRun<T>(rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof GraveshiftError) throw failRun(error.kind, error.message, error.details);
    throw error;
  }
}

const endingKinds: ReadonlySet<CauseKind> = new Set([
  'InvalidInput',
  'AlreadyRunning',
  'LeaseLost',
  'PlaceFrozen',
  'Rejected',
  'Aborted',
]);

/**
 * Failures that no person can mend within the run. An error that is no failure of Temporal's is a bug in workflow code: it
 * fails the workflow task, which is tried again until the mended code is deployed.
 */
export function endsTheRun(error: unknown): boolean {
  if (isCancellation(error) || !(error instanceof TemporalFailure)) return true;
  const { kind } = causeOf(error);
  return endingKinds.has(kind);
}
