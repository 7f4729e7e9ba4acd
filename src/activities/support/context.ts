import { asyncLocalStorage } from '@temporalio/activity';

/** The running activity's cancellation, if this is one; a script may call the same code. */
export function activitySignal(): AbortSignal | undefined {
  return asyncLocalStorage.getStore()?.cancellationSignal;
}

/** A note in the activity's log, if this is one. */
export function warn(message: string, attributes: Record<string, unknown>): void {
  asyncLocalStorage.getStore()?.log.warn(message, attributes);
}
