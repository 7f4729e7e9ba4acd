import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';

import type { LeaseRequest } from '../domain/activities.js';
import type { Environment } from '../domain/project.js';
import { places } from './support/stations.js';

export type PlaceInput = { host: Environment['host']; placeId: string; carried?: PlaceState };

/** Who may publish to the place now, and who waits. */
export type PlaceState = {
  holder?: LeaseRequest & { lease: number; since: string };
  waiting: LeaseRequest[];
};

const leaseRequestSchema = z.object({
  runId: z.string().min(1),
  workflowId: z.string().min(1),
  priority: z.int().min(1).max(5),
});
const releaseSchema = z.object({ runId: z.string().min(1) });

export const requestLeaseSignal = defineSignal<[unknown]>('requestLease');
export const releaseLeaseSignal = defineSignal<[unknown]>('releaseLease');
/** Sent to the run that gets the lease. */
export const leaseGrantedSignal = defineSignal<[{ placeId: string; lease: number }]>('leaseGranted');
export const placeStatusQuery = defineQuery<PlaceState>('placeStatus');

/** While somebody waits, the holder is asked about this often: a run that died must not block the place. */
const holderCheckInterval = '30s';

/**
 * Entity, one per place: lets one run publish at a time, the most urgent first. It is asked by signal-with-start and
 * answers by signal; the lease's number rises with each lease and fences late publishes of an earlier holder.
 */
export async function place(input: PlaceInput): Promise<never> {
  const state: PlaceState = input.carried ?? { waiting: [] };

  setHandler(placeStatusQuery, () => state);
  setHandler(requestLeaseSignal, (body) => {
    const parsed = leaseRequestSchema.safeParse(body);
    if (!parsed.success) {
      log.warn('Lease request ignored', { problem: parsed.error.message });
      return;
    }
    const known = [state.holder, ...state.waiting].some((entry) => entry?.runId === parsed.data.runId);
    if (!known) state.waiting.push(parsed.data);
  });
  setHandler(releaseLeaseSignal, (body) => {
    const parsed = releaseSchema.safeParse(body);
    if (!parsed.success) {
      log.warn('Lease release ignored', { problem: parsed.error.message });
      return;
    }
    if (state.holder?.runId === parsed.data.runId) delete state.holder;
    state.waiting = state.waiting.filter((entry) => entry.runId !== parsed.data.runId);
  });
  setDefaultSignalHandler((name) => log.warn('Unknown signal ignored', { name }));

  for (;;) {
    show(input, state);
    if (state.holder && state.waiting.length > 0) {
      await condition(() => !state.holder, holderCheckInterval);
      await dropDeadHolder(state);
    } else if (!state.holder && state.waiting.length > 0) {
      await grantNext(input, state);
    } else if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof place>({ ...input, carried: state });
    } else {
      await condition(
        () => state.waiting.length > 0 || (!state.holder && workflowInfo().continueAsNewSuggested),
      );
    }
  }
}

async function dropDeadHolder(state: PlaceState): Promise<void> {
  const { holder } = state;
  if (!holder) return;
  const { workflowId } = holder;
  const running = await places(`Is ${workflowId} still running?`).isRunning({ workflowId });
  if (!running && state.holder === holder) delete state.holder;
}

async function grantNext(input: PlaceInput, state: PlaceState): Promise<void> {
  const [next] = [...state.waiting].sort((a, b) => a.priority - b.priority);
  if (!next) return;
  const { host, placeId } = input;
  const { lease } = await places(`Lease for ${next.runId}`).grantLease({ host, placeId });
  // It may have withdrawn while its number was drawn.
  if (!state.waiting.includes(next)) return;
  state.waiting = state.waiting.filter((entry) => entry !== next);
  state.holder = { ...next, lease, since: new Date().toISOString() };
  try {
    await getExternalWorkflowHandle(next.workflowId).signal(leaseGrantedSignal, { placeId, lease });
  } catch (error) {
    log.info('The run that asked for the lease has ended', { runId: next.runId, error });
    if (state.holder.runId === next.runId) delete state.holder;
  }
}

function show({ placeId }: PlaceInput, state: PlaceState): void {
  const holder = state.holder ? `held by ${state.holder.workflowId} since ${state.holder.since}` : 'free';
  const waiting = state.waiting.map((entry) => `- ${entry.workflowId} (priority ${entry.priority})`);
  setCurrentDetails(
    [`### Place ${placeId}: ${holder}`, ...(waiting.length > 0 ? ['Waiting:', ...waiting] : [])].join('\n'),
  );
}
