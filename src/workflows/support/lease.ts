import { condition, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';

import { placeWorkflowId, type PlaceVersionRecord } from '../../domain/place.js';
import type { PublishTarget } from '../../domain/project.js';
import { leaseGrantedSignal, leaseLostSignal, releaseLeaseSignal } from '../place.js';
import { failRun } from './failures.js';
import type { PipelineRun } from './run.js';
import { places } from './stations.js';

/** A place entity that was lost while we waited is asked again after this time; a waiting one ignores the repetition. */
const askAgainAfter = '5m';

/** What the place holds after its holder's work. */
export type Published = { live?: PlaceVersionRecord; stable?: PlaceVersionRecord };

export type PlaceLease = {
  lease: number;
  release: (published?: Published) => Promise<void>;
  /** @throws LeaseLost when a rollback took the place over in the meantime */
  throwIfLost: () => void;
};

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
  let lostTo: string | undefined;
  setHandler(leaseGrantedSignal, (granted) => {
    if (granted.placeId === placeId) lease = granted.lease;
  });
  setHandler(leaseLostSignal, (lost) => {
    if (lost.placeId === placeId) lostTo = lost.by;
  });
  const release = (published: Published = {}): Promise<void> => releasePlace(run, target, published);
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
  const throwIfLost = (): void => {
    if (lostTo === undefined) return;
    throw failRun('LeaseLost', `${lostTo} took place ${placeId} over: this run publishes nothing more there`);
  };
  return { lease, release, throwIfLost };
}

/** Tells the entity that the run is done with the place; one that is gone holds no lease. */
export async function releasePlace(
  run: PipelineRun,
  { host, placeId }: PublishTarget,
  published: Published = {},
): Promise<void> {
  await getExternalWorkflowHandle(placeWorkflowId(host, placeId))
    .signal(releaseLeaseSignal, { runId: run.id, ...published })
    .catch((error: unknown) => log.warn('Lease not released', { placeId, error }));
}
