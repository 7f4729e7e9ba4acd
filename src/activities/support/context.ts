import type { Context } from '@temporalio/activity';
import { asyncLocalStorage } from '@temporalio/activity';

/** The running activity's cancellation, if this is one; a script may call the same code. */
export function activitySignal(): AbortSignal | undefined {
  return asyncLocalStorage.getStore()?.cancellationSignal;
}

/** True on a rollback's own queue: its calls may use the reserved share of the quota. */
export function isRescue(): boolean {
  return asyncLocalStorage.getStore()?.info.taskQueue.endsWith('-rescue') ?? false;
}

/** A note in the activity's log, if this is one. */
export function warn(message: string, attributes: Record<string, unknown>): void {
  asyncLocalStorage.getStore()?.log.warn(message, attributes);
}

const kept = new WeakMap<Context, unknown>();

/** What the context's next heartbeat carries: what was kept last, by this attempt or by the one before. */
export function progressOf(context: Context): unknown {
  return kept.has(context) ? kept.get(context) : context.info.heartbeatDetails;
}

/**
 * Keeps small plain data for the attempt after this one, should the worker die. The SDK sends heartbeats at intervals:
 * what was kept just before the death may be lost, so it must only save work, never decide what is right.
 */
export function keepProgress(details: unknown): void {
  const context = asyncLocalStorage.getStore();
  if (context === undefined) return;
  kept.set(context, details);
  context.heartbeat(details);
}

/** What an attempt before this one has kept: data from outside, to be parsed. */
export function keptProgress(): unknown {
  const context = asyncLocalStorage.getStore();
  return context && progressOf(context);
}
