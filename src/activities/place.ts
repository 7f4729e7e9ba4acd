import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { PlaceActivities } from '../domain/activities.js';
import { placeWorkflowId } from '../domain/place.js';
import type { Environment } from '../domain/project.js';

/** Gives out lease numbers that rise for ever, whatever happens to the entity's history. */
export interface LeaseLog {
  nextLease(host: Environment['host'], placeId: string): Promise<number>;
}

/** How the publishers of a place find each other: the `place` entity is reached through these. */
export function createPlaceActivities(dependencies: {
  client: () => Client;
  leases: LeaseLog;
}): PlaceActivities {
  const { client, leases } = dependencies;
  return {
    async requestLease({ host, placeId, runId, workflowId, priority }) {
      await client().workflow.signalWithStart('place', {
        workflowId: placeWorkflowId(host, placeId),
        taskQueue: activityInfo().taskQueue,
        args: [{ host, placeId }],
        signal: 'requestLease',
        signalArgs: [{ runId, workflowId, priority }],
        staticSummary: `Who may publish to place ${placeId} (${host})`,
      });
    },

    async grantLease({ host, placeId }) {
      return { lease: await leases.nextLease(host, placeId) };
    },

    async isRunning({ workflowId }) {
      return isWorkflowRunning(client(), workflowId);
    },
  };
}

export async function isWorkflowRunning(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
