import type { Client, WorkflowHandle } from '@temporalio/client';

import { fetchHistory } from './fetch-history.js';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/**
 * Actions that Temporal Cloud would bill for what a history shows (https://docs.temporal.io/cloud/actions). A child
 * workflow is two: one here where it is asked for, one in its own history where it starts. Heartbeats, queries and
 * refused updates leave no event, so they are not in it.
 */
export function countActions(
  history: History,
  within: (event: HistoryEvent) => boolean = () => true,
): number {
  const events = (history.events ?? []).filter(within);
  const localActivityTasks = new Set<string>();
  let actions = 0;
  for (const event of events) {
    actions += actionsOf(event);
    const marker = event.markerRecordedEventAttributes;
    // All local activities of one workflow task are one Action together.
    if (marker?.markerName === 'core_local_activity') {
      localActivityTasks.add(String(marker.workflowTaskCompletedEventId));
    }
  }
  return actions + localActivityTasks.size;
}

/** A run that a schedule started costs two more than its start. */
const scheduledSurcharge = 2;

function actionsOf(event: HistoryEvent): number {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) {
    const isScheduled = 'TemporalScheduledById' in (started.searchAttributes?.indexedFields ?? {});
    return 1 + (isScheduled ? scheduledSurcharge : 0);
  }
  // The last attempt is the one that is written down; each one after the first is a retry.
  const activity = event.activityTaskStartedEventAttributes;
  if (activity) return Math.max(1, activity.attempt ?? 1) - 1;
  return billedOnce(event) ? 1 : 0;
}

/** Continue-as-new is billed by the start of the run that it begins. */
function billedOnce(event: HistoryEvent): boolean {
  return [
    event.activityTaskScheduledEventAttributes,
    event.timerStartedEventAttributes,
    event.startChildWorkflowExecutionInitiatedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
  ].some((attributes) => attributes !== null && attributes !== undefined);
}

export type RunCost = {
  /** Of the run, its children, and its share of the entities that it signals. */
  actions: number;
  /** Events of the run's own history. */
  historyEvents: number;
};

/**
 * Counts what a run that has ended cost. An entity that it signalled (the place) serves other runs too: what happened
 * there between this run's start and end is its share.
 */
export async function countRunActions(
  client: Client,
  run: { workflowId: string; runId: string },
): Promise<RunCost> {
  const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const events = history.events ?? [];
  const related = relatedExecutions(events);
  let actions = countActions(history);
  for (const child of related.children) {
    actions += (await countRunActions(client, child)).actions;
  }
  const [first, last] = [timeOf(events[0]), timeOf(events.at(-1))];
  for (const workflowId of related.entities) {
    // What has been removed by its retention time costs nothing more to count.
    const entity = (await fetchHistory(client, { workflowId })) ?? {};
    actions += countActions(entity, (event) => timeOf(event) >= first && timeOf(event) <= last);
  }
  return { actions, historyEvents: events.length };
}

function relatedExecutions(events: readonly HistoryEvent[]) {
  const children = new Map<string, { workflowId: string; runId: string }>();
  const entities = new Set<string>();
  for (const event of events) {
    const { workflowId, runId } = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? {};
    if (workflowId && runId) children.set(workflowId, { workflowId, runId });
    const target = event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution;
    if (target?.workflowId) entities.add(target.workflowId);
  }
  return {
    children: [...children.values()],
    // A signal to a child (pause, resume) is in the child's history.
    entities: [...entities].filter((workflowId) => !children.has(workflowId)),
  };
}

/** In ms since 1970. */
function timeOf(event: HistoryEvent | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}
