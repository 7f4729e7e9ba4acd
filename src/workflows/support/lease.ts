import { condition, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';

import type { PublishTarget } from '../../domain/project.js';
import { leaseGrantedSignal, releaseLeaseSignal } from '../place.js';
import { placeWorkflowId } from '../../domain/place.js';
import type { PipelineRun } from './run.js';
import { places } from './stations.js';

/** A place entity that was lost while we waited is asked again after this time; a waiting one ignores the repetition. */
const askAgainAfter = '5m';

export type PlaceLease = { lease: number; release: () => Promise<void> };

/**
 * Waits until this run may publish to the place. Its release is registered with the saga before the lease is asked for;
 * `release` gives it back early.
 */
export async function acquirePlace(
  run: PipelineRun,
  target: PublishTarget,
  priority: number,
): Promise<PlaceLease> {
  const { host, placeId } = target;
  let lease: number | undefined;
  setHandler(leaseGrantedSignal, (granted) => {
    if (granted.placeId === placeId) lease = granted.lease;
  });
  const release = async (): Promise<void> => {
    await getExternalWorkflowHandle(placeWorkflowId(host, placeId))
      .signal(releaseLeaseSignal, { runId: run.id })
      // An entity that is gone holds no lease.
      .catch((error: unknown) => log.warn('Lease not released', { placeId, error }));
  };
  run.saga.register(`release of place ${placeId}`, release);
  while (lease === undefined) {
    await places(`Ask for place ${target.placeName} (${placeId})`).requestLease({
      host,
      placeId,
      runId: run.id,
      workflowId: run.workflowId,
      priority,
    });
    await condition(() => lease !== undefined, askAgainAfter);
  }
  return { lease, release };
}
