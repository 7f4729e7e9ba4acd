import type { Client } from '@temporalio/client';

import type { History } from './actions.js';
import { grpcCode, status } from './connection.js';

/** The run's history; undefined where there never was one, or its retention time is over. */
export async function fetchHistory(
  client: Client,
  run: { workflowId: string; runId?: string },
): Promise<History | undefined> {
  try {
    return await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  } catch (error) {
    // The SDK translates this code in its other calls, and not in this one.
    if (grpcCode(error) === status.notFound) return undefined;
    throw error;
  }
}
