import { asyncLocalStorage } from '@temporalio/activity';

const heartbeatEveryMs = 5_000;

/** The running activity's cancellation, if this is one; a script may call the same code. */
export function activitySignal(): AbortSignal | undefined {
  return asyncLocalStorage.getStore()?.cancellationSignal;
}

/** A note in the activity's log, if this is one. */
export function warn(message: string, attributes: Record<string, unknown>): void {
  asyncLocalStorage.getStore()?.log.warn(message, attributes);
}

/** Heartbeats while the work goes on, a long upload or a wait for the quota included. */
export async function whileHeartbeating<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const context = asyncLocalStorage.getStore();
  if (context === undefined) return work();
  context.heartbeat(what);
  const timer = setInterval(() => context.heartbeat(what), heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
