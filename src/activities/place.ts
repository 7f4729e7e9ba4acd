import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { PlaceActivities } from '../domain/activities.js';
import { placeWorkflowId, type Freeze } from '../domain/place.js';
import type { Environment } from '../domain/project.js';

/** Gives out lease numbers that rise for ever, whatever happens to the entity's history. */
export interface LeaseLog {
  nextLease(host: Environment['host'], placeId: string): Promise<number>;
}

/** Whether nothing but a rollback may be published; outlives the entity. */
export interface FreezeLog {
  freeze(host: Environment['host'], placeId: string, frozen: Freeze | undefined): Promise<void>;
  frozen(host: Environment['host'], placeId: string): Promise<Freeze | undefined>;
}

/** How the publishers of a place find each other: the `place` entity is reached through these. */
export function createPlaceActivities(dependencies: {
  client: () => Client;
  leases: LeaseLog;
  places: FreezeLog;
}): PlaceActivities {
  const { client, leases, places } = dependencies;
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
      const frozen = await places.frozen(host, placeId);
      return { lease: await leases.nextLease(host, placeId), ...(frozen && { frozen }) };
    },

    async isRunning({ workflowId }) {
      return isWorkflowRunning(client(), workflowId);
    },

    recordFreeze: ({ host, placeId, frozen }) => places.freeze(host, placeId, frozen ?? undefined),
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
