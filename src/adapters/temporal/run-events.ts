import type { LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
  decodeOptionalSinglePayload,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';

import type { EndOutcome, RunEvent, WorkOutcome } from '../../domain/run-events.js';
import type { History } from './actions.js';

type HistoryEvent = NonNullable<History['events']>[number];
type Payloads = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>['input'];
type Failure = NonNullable<HistoryEvent['activityTaskFailedEventAttributes']>['failure'];
type Work = Extract<RunEvent, { type: 'work' }>;

/** Reads what matters to people out of a history. Work stands where it ended; what is under way, where it began. */
export async function readRunEvents(history: History, converter: LoadedDataConverter): Promise<RunEvent[]> {
  const reader = new HistoryReader(converter);
  for (const event of history.events ?? []) await reader.read(event);
  return reader.events();
}

class HistoryReader {
  private readonly found: { event: RunEvent; order: number }[] = [];
  /** Work that has not ended, by the id of the event that asked for it. */
  private readonly open = new Map<number, { work: Work; order: number }>();
  private readonly timers = new Map<number, { title: string; startedAt: string }>();

  constructor(private readonly converter: LoadedDataConverter) {}

  events(): RunEvent[] {
    const underWay = [...this.open.values()].map(({ work, order }) => ({ event: work, order }));
    return [...this.found, ...underWay].sort((a, b) => a.order - b.order).map(({ event }) => event);
  }

  async read(event: HistoryEvent): Promise<void> {
    const at = timeOf(event);
    const order = Number(event.eventId ?? 0);
    const add = (found: RunEvent): void => void this.found.push({ event: found, order });

    if (await this.readWork(event, at, order, add)) return;
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) {
      const input = await this.value(started.input);
      add({ at, type: 'started', pipeline: started.workflowType?.name ?? 'workflow', input });
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) {
      const from = signal.externalWorkflowExecution?.workflowId;
      const body = await this.value(signal.input);
      add({ at, type: 'message', name: signal.signalName ?? '', body, ...(from && { from }) });
    }
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    if (update) {
      add({ at, type: 'message', name: update.name ?? '', body: await this.value(update.args) });
    }
    await this.readTimer(event, at, add);
    const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    const state: unknown =
      attributes?.GraveshiftState &&
      (await decodeOptionalSinglePayload(this.converter, attributes.GraveshiftState));
    if (typeof state === 'string') add({ at, type: 'state', state });
    if (event.workflowExecutionCancelRequestedEventAttributes) add({ at, type: 'cancel-requested' });
    if (event.workflowTaskFailedEventAttributes) {
      const { message } = await this.failure(event.workflowTaskFailedEventAttributes.failure);
      add({ at, type: 'stuck', problem: message });
    }
    if (event.workflowTaskTimedOutEventAttributes) {
      add({ at, type: 'stuck', problem: 'no worker answered in time' });
    }
    const end = await this.endOf(event);
    if (end) add({ at, type: 'ended', ...end });
  }

  private async readWork(
    event: HistoryEvent,
    at: string,
    order: number,
    add: (found: RunEvent) => void,
  ): Promise<boolean> {
    const activity = event.activityTaskScheduledEventAttributes;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (activity || child) {
      const name = activity?.activityType?.name ?? child?.workflowType?.name ?? 'work';
      const title = await decodeOptionalSinglePayload<unknown>(this.converter, event.userMetadata?.summary);
      const work: Work = {
        at,
        type: 'work',
        name,
        title: typeof title === 'string' ? title : name,
        ...(child?.workflowId ? { child: child.workflowId } : {}),
        startedAt: at,
        attempts: 1,
        input: await this.value(activity?.input ?? child?.input),
        outcome: { state: 'under-way' },
      };
      this.open.set(order, { work, order });
      return true;
    }
    const begun = event.activityTaskStartedEventAttributes;
    if (begun) {
      const entry = this.open.get(Number(begun.scheduledEventId ?? 0));
      if (entry) entry.work.attempts = begun.attempt ?? 1;
      if (entry && begun.lastFailure) {
        entry.work.lastFailure = (await this.failure(begun.lastFailure)).message;
      }
      return true;
    }
    const ended = endOfWork(event);
    if (!ended) return false;
    const entry = this.open.get(ended.startedBy);
    this.open.delete(ended.startedBy);
    if (entry) add({ ...entry.work, at, outcome: await this.outcomeOf(ended) });
    return true;
  }

  private async readTimer(event: HistoryEvent, at: string, add: (found: RunEvent) => void): Promise<void> {
    if (event.timerStartedEventAttributes) {
      const title = await decodeOptionalSinglePayload<unknown>(this.converter, event.userMetadata?.summary);
      // A wait without a name is the time limit of something else.
      if (typeof title === 'string') this.timers.set(Number(event.eventId ?? 0), { title, startedAt: at });
    }
    const fired = event.timerFiredEventAttributes;
    const timer = fired && this.timers.get(Number(fired.startedEventId ?? 0));
    if (timer) add({ at, type: 'waited', ...timer });
  }

  private async outcomeOf(ended: EndOfWork): Promise<WorkOutcome> {
    if (ended.how === 'cancelled') return { state: 'cancelled' };
    if (ended.how === 'completed') return { state: 'completed', result: await this.value(ended.result) };
    return { state: 'failed', ...(await this.failure(ended.failure)) };
  }

  private async endOf(
    event: HistoryEvent,
  ): Promise<Omit<Extract<RunEvent, { type: 'ended' }>, 'at' | 'type'> | undefined> {
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (completed) return { outcome: 'completed', result: await this.value(completed.result) };
    const failed = event.workflowExecutionFailedEventAttributes;
    if (failed) {
      const { kind, message } = await this.failure(failed.failure);
      return { outcome: 'failed', kind, reason: message };
    }
    const terminated = event.workflowExecutionTerminatedEventAttributes;
    if (terminated) return { outcome: 'terminated', ...(terminated.reason && { reason: terminated.reason }) };
    const outcome = otherEndOf(event);
    return outcome && { outcome };
  }

  private async value(payloads: Payloads): Promise<unknown> {
    const [first] = await decodeArrayFromPayloads(this.converter, payloads?.payloads);
    return first;
  }

  private async failure(failure: Failure): Promise<{ kind: string; message: string }> {
    return innermost(await decodeOptionalFailureToOptionalError(this.converter, failure));
  }
}

type EndOfWork = { startedBy: number } & (
  { how: 'completed'; result: Payloads } | { how: 'failed'; failure: Failure } | { how: 'cancelled' }
);

function endOfWork(event: HistoryEvent): EndOfWork | undefined {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed)
    return { startedBy: Number(completed.scheduledEventId), how: 'completed', result: completed.result };
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  if (failed) return { startedBy: Number(failed.scheduledEventId), how: 'failed', failure: failed.failure };
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled) return { startedBy: Number(cancelled.scheduledEventId), how: 'cancelled' };
  return endOfChild(event);
}

function endOfChild(event: HistoryEvent): EndOfWork | undefined {
  const completed = event.childWorkflowExecutionCompletedEventAttributes;
  if (completed)
    return { startedBy: Number(completed.initiatedEventId), how: 'completed', result: completed.result };
  const failed = event.childWorkflowExecutionFailedEventAttributes;
  if (failed) return { startedBy: Number(failed.initiatedEventId), how: 'failed', failure: failed.failure };
  const cancelled =
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  return cancelled ? { startedBy: Number(cancelled.initiatedEventId), how: 'cancelled' } : undefined;
}

function otherEndOf(event: HistoryEvent): EndOutcome | undefined {
  if (event.workflowExecutionCanceledEventAttributes) return 'cancelled';
  if (event.workflowExecutionTimedOutEventAttributes) return 'timed-out';
  if (event.workflowExecutionContinuedAsNewEventAttributes) return 'continued';
  return undefined;
}

/** Temporal wraps a failure; what it wraps says what went wrong. */
function innermost(error: Error | undefined): { kind: string; message: string } {
  if (error === undefined) return { kind: 'Unknown', message: 'no reason was recorded' };
  if (error instanceof ApplicationFailure) return { kind: error.type ?? 'Failed', message: error.message };
  if (error instanceof TimeoutFailure) {
    return {
      kind: 'Timeout',
      message: `no answer in time (${error.timeoutType}): the worker died or the call hung`,
    };
  }
  if (error instanceof CancelledFailure) return { kind: 'Cancelled', message: 'cancelled' };
  if (error.cause instanceof Error) return innermost(error.cause);
  return { kind: error.name, message: error.message };
}

function timeOf({ eventTime }: HistoryEvent): string {
  const ms = Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
  return new Date(ms).toISOString();
}
