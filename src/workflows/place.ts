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
import { leases } from './support/stations.js';

export type PlaceInput = { host: Environment['host']; placeId: string; carried?: PlaceState };

/** Who may publish to the place now, and who waits. */
export type PlaceState = {
  /** `announced`: it was told; a holder that asks again is told again. */
  holder?: LeaseRequest & { lease: number; since: string; announced: boolean };
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

/** While somebody waits, the holder is asked about, at first and at most this often: a dead run must not block the place. */
const firstHolderCheckMs = 30_000;
const longestHolderCheckMs = 600_000;

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
    ask(state, parsed.data);
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

  let checkAfterMs = firstHolderCheckMs;
  for (;;) {
    show(input, state);
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof place>({ ...input, carried: state });
    } else if (state.holder && !state.holder.announced) {
      await announce(input, state);
    } else if (state.holder && state.waiting.length > 0) {
      const { holder } = state;
      const stillHeld = () => state.holder === holder && holder.announced;
      await condition(() => !stillHeld(), checkAfterMs);
      if (stillHeld()) await dropDeadHolder(state);
      checkAfterMs = stillHeld() ? Math.min(checkAfterMs * 2, longestHolderCheckMs) : firstHolderCheckMs;
    } else if (state.waiting.length > 0) {
      await grantNext(input, state);
    } else {
      await condition(() => state.waiting.length > 0 || state.holder?.announced === false);
    }
  }
}

/** Puts a request into the queue; one that stands there already changes nothing. */
function ask(state: PlaceState, request: LeaseRequest): void {
  const { holder } = state;
  if (holder?.runId === request.runId) {
    holder.announced = false;
    return;
  }
  // Temporal runs one execution of a workflow id at a time: an earlier one of the same id has ended.
  if (holder?.workflowId === request.workflowId) delete state.holder;
  if (state.waiting.some((entry) => entry.runId === request.runId)) return;
  state.waiting = [...state.waiting.filter((entry) => entry.workflowId !== request.workflowId), request];
}

async function dropDeadHolder(state: PlaceState): Promise<void> {
  const { holder } = state;
  if (!holder) return;
  const { workflowId } = holder;
  const running = await leases(`Is ${workflowId} still running?`).isRunning({ workflowId });
  if (!running && state.holder === holder) delete state.holder;
}

async function grantNext(input: PlaceInput, state: PlaceState): Promise<void> {
  const [next] = [...state.waiting].sort((a, b) => a.priority - b.priority);
  if (!next) return;
  const { host, placeId } = input;
  const { lease } = await leases(`Lease for ${next.runId}`).grantLease({ host, placeId });
  // It may have withdrawn while its number was drawn.
  if (!state.waiting.includes(next)) return;
  state.waiting = state.waiting.filter((entry) => entry !== next);
  state.holder = { ...next, lease, since: new Date().toISOString(), announced: false };
}

/** Tells the holder; one that has ended holds nothing. */
async function announce({ placeId }: PlaceInput, state: PlaceState): Promise<void> {
  const { holder } = state;
  if (!holder) return;
  holder.announced = true;
  try {
    await getExternalWorkflowHandle(holder.workflowId).signal(leaseGrantedSignal, {
      placeId,
      lease: holder.lease,
    });
  } catch (error) {
    log.info('The run that asked for the lease has ended', { runId: holder.runId, error });
    if (state.holder === holder) delete state.holder;
  }
}

function show({ placeId }: PlaceInput, state: PlaceState): void {
  const holder = state.holder ? `held by ${state.holder.workflowId} since ${state.holder.since}` : 'free';
  const waiting = state.waiting.map((entry) => `- ${entry.workflowId} (priority ${entry.priority})`);
  setCurrentDetails(
    [`### Place ${placeId}: ${holder}`, ...(waiting.length > 0 ? ['Waiting:', ...waiting] : [])].join('\n'),
  );
}
