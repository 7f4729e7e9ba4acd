import type { Client } from '@temporalio/client';

import type { RunEvent } from '../../domain/run-events.js';
import { timelineOf, type TimelineEntry } from '../../domain/timeline.js';
import { fetchHistory } from './fetch-history.js';
import { readRunEvents } from './run-events.js';

export type RunTimeline = { events: RunEvent[]; entries: TimelineEntry[] };

/**
 * A run's story from its history: what happened when, who said what, and what went wrong. Without a run id, of the
 * latest run of the workflow id. Undefined where the run never was, or its retention time is over.
 */
export async function readTimeline(
  client: Client,
  run: { workflowId: string; runId?: string },
): Promise<RunTimeline | undefined> {
  const history = await fetchHistory(client, run);
  if (history === undefined) return undefined;
  const events = await readRunEvents(history, client.options.loadedDataConverter);
  return { events, entries: timelineOf(events) };
}
