import type { Client } from '@temporalio/client';

import type { RunEvent } from '../../domain/run-events.js';
import { timelineOf, type TimelineEntry } from '../../domain/timeline.js';
import { readRunEvents } from './run-events.js';

export type RunTimeline = { events: RunEvent[]; entries: TimelineEntry[] };

/**
 * A run's story from its history: what happened when, who said what, and what went wrong. Without a run id, of the
 * latest run of the workflow id.
 *
 * @throws WorkflowNotFoundError where the run never was, or its retention time is over
 */
export async function readTimeline(
  client: Client,
  run: { workflowId: string; runId?: string },
): Promise<RunTimeline> {
  const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const events = await readRunEvents(history, client.options.loadedDataConverter);
  return { events, entries: timelineOf(events) };
}
