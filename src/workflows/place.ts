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
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';

import { freezeSchema, unfreezeSchema } from '../domain/place.js';
import * as queue from '../domain/place-queue.js';
import type { LeaseHolder, PlaceState } from '../domain/place-queue.js';
import type { Environment, PublishTarget } from '../domain/project.js';
import { causeOf } from './support/failures.js';
import { audits, leases } from './support/stations.js';

export type { PlaceState };

export type PlaceInput = { host: Environment['host']; placeId: string; carried?: PlaceState };

const leaseRequestSchema = z.object({
  runId: z.string().min(1),
  workflowId: z.string().min(1),
  priority: z.int().min(1).max(5),
});
const versionRecordSchema = z.object({
  version: z.int().positive(),
  runId: z.string(),
  sha256: z.string(),
  commit: z.string(),
  tag: z.string(),
});
const releaseSchema = z.object({
  runId: z.string().min(1),
  live: versionRecordSchema.optional(),
  stable: versionRecordSchema.optional(),
});
const seizureSchema = leaseRequestSchema.extend({ lease: z.int().positive() });
const rebuildSchema = z.object({
  target: z.custom<PublishTarget>((value) => typeof value === 'object' && value !== null),
});

export const requestLeaseSignal = defineSignal<[unknown]>('requestLease');
export const releaseLeaseSignal = defineSignal<[unknown]>('releaseLease');
export const seizeLeaseSignal = defineSignal<[unknown]>('seizeLease');
/** `{by, reason}`: nothing but a rollback is published until `unfreeze`. */
export const freezeSignal = defineSignal<[unknown]>('freeze');
export const unfreezeSignal = defineSignal<[unknown]>('unfreeze');
/** `{target}`: compares the ledger with the place's history, settles what was left open, and goes on from there. */
export const rebuildSignal = defineSignal<[unknown]>('rebuild');
/** Sent to the run that gets the lease. */
export const leaseGrantedSignal = defineSignal<[{ placeId: string; lease: number }]>('leaseGranted');
/** Sent to the run whose lease a rollback took. */
export const leaseLostSignal = defineSignal<[{ placeId: string; by: string }]>('leaseLost');
export const placeStatusQuery = defineQuery<PlaceState>('placeStatus');

/** While somebody waits, the holder is asked about, at first and at most this often: a dead run must not block the place. */
const firstHolderCheckMs = 30_000;
const longestHolderCheckMs = 600_000;

/** What is to be done that no handler can do itself. */
type Errands = {
  lost: { holder: LeaseHolder; by: string }[];
  recordFreeze: boolean;
  rebuild?: PublishTarget;
  /** Rises with each freeze and unfreeze: what was read before the last one is old. */
  freezes: number;
  /** A comparison with Open Cloud goes on; nobody waits for it. */
  rebuilding: boolean;
};

/**
 * Entity, one per place: lets one run publish at a time, the most urgent first. It is asked by signal-with-start and
 * answers by signal; the lease's number rises with each lease and fences late publishes of an earlier holder. All that
 * must outlive it is in the ledger: one that was lost with its cluster is begun again by its next request, or by
 * `rebuild`.
 */
export async function place(input: PlaceInput): Promise<never> {
  const state: PlaceState = input.carried ?? { waiting: [] };
  const errands: Errands = { lost: [], recordFreeze: false, freezes: 0, rebuilding: false };
  listen(state, errands);

  let checkAfterMs = firstHolderCheckMs;
  for (;;) {
    show(input, state);
    const errand = nextErrand(input, state, errands);
    if (errand) {
      await errand();
    } else if (workflowInfo().continueAsNewSuggested && !errands.rebuilding) {
      await continueAsNew<typeof place>({ ...input, carried: state });
    } else if (state.holder && !state.holder.announced) {
      await announce(input, state);
    } else if (state.holder && state.waiting.length > 0) {
      const { holder } = state;
      const stillHeld = () => state.holder === holder && holder.announced && !hasErrand(errands);
      await condition(() => !stillHeld(), checkAfterMs);
      if (stillHeld()) await dropDeadHolder(state);
      checkAfterMs = stillHeld() ? Math.min(checkAfterMs * 2, longestHolderCheckMs) : firstHolderCheckMs;
    } else if (queue.nextToGrant(state)) {
      await grantNext(input, state, errands);
    } else {
      await condition(
        () =>
          queue.nextToGrant(state) !== undefined ||
          (state.holder !== undefined && (state.waiting.length > 0 || !state.holder.announced)) ||
          hasErrand(errands),
      );
    }
  }
}

function listen(state: PlaceState, errands: Errands): void {
  setHandler(placeStatusQuery, () => state);
  handle(requestLeaseSignal, leaseRequestSchema, (request) => queue.ask(state, request));
  handle(releaseLeaseSignal, releaseSchema, ({ runId, ...published }) =>
    queue.release(state, runId, published),
  );
  handle(seizeLeaseSignal, seizureSchema, (taker) => {
    const holder = queue.seize(state, taker, new Date().toISOString());
    if (holder) errands.lost.push({ holder, by: taker.workflowId });
  });
  handle(freezeSignal, freezeSchema, (freeze) => {
    state.frozen = { ...freeze, since: new Date().toISOString() };
    errands.recordFreeze = true;
    errands.freezes++;
  });
  handle(unfreezeSignal, unfreezeSchema, () => {
    delete state.frozen;
    errands.recordFreeze = true;
    errands.freezes++;
  });
  handle(rebuildSignal, rebuildSchema, ({ target }) => {
    errands.rebuild = target;
  });
  setDefaultSignalHandler((name) => log.warn('Unknown signal ignored', { name }));
}

/** A body that is not understood is reported and ignored: a handler that throws would wedge the entity. */
function handle<Body>(
  signal: typeof requestLeaseSignal,
  schema: z.ZodType<Body>,
  apply: (body: Body) => void,
): void {
  setHandler(signal, (body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) apply(parsed.data);
    else log.warn('Signal ignored', { signal: signal.name, problem: parsed.error.message });
  });
}

const hasErrand = ({ lost, recordFreeze, rebuild, rebuilding }: Errands): boolean =>
  lost.length > 0 || recordFreeze || (rebuild !== undefined && !rebuilding);

function nextErrand(
  input: PlaceInput,
  state: PlaceState,
  errands: Errands,
): (() => Promise<void>) | undefined {
  const { host, placeId } = input;
  const lost = errands.lost.shift();
  if (lost) return () => tellLost(input, lost);
  if (errands.recordFreeze) {
    errands.recordFreeze = false;
    const frozen = state.frozen ?? null;
    return () =>
      leases(frozen ? 'Record the freeze' : 'Record the end of the freeze').recordFreeze({
        host,
        placeId,
        frozen,
      });
  }
  const target = errands.rebuild;
  if (target && !errands.rebuilding) {
    delete errands.rebuild;
    errands.rebuilding = true;
    return () => {
      void rebuild(state, errands, target).finally(() => {
        errands.rebuilding = false;
        show(input, state);
      });
      return Promise.resolve();
    };
  }
  return undefined;
}

async function tellLost({ placeId }: PlaceInput, { holder, by }: Errands['lost'][number]): Promise<void> {
  await getExternalWorkflowHandle(holder.workflowId)
    .signal(leaseLostSignal, { placeId, by })
    .catch((error: unknown) =>
      log.info('The run that lost the place has ended', { runId: holder.runId, error }),
    );
}

/**
 * What the ledger and the history say replaces what was remembered; who holds and waits is kept, and so is a freeze that
 * came meanwhile. Where Open Cloud cannot be asked the entity goes on with what it knows.
 */
async function rebuild(state: PlaceState, errands: Errands, target: PublishTarget): Promise<void> {
  const { freezes } = errands;
  try {
    const audit = await audits('Compare ledger and version history').auditPlace({ target });
    state.audit = audit;
    delete state.auditProblem;
    delete state.live;
    delete state.stable;
    if (audit.live) state.live = audit.live;
    if (audit.stable) state.stable = audit.stable;
    if (freezes !== errands.freezes) return;
    delete state.frozen;
    if (audit.frozen) state.frozen = audit.frozen;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    state.auditProblem = { at: new Date().toISOString(), message: causeOf(error).message };
  }
}

async function dropDeadHolder(state: PlaceState): Promise<void> {
  const { holder } = state;
  if (!holder) return;
  const { workflowId } = holder;
  const running = await leases(`Is ${workflowId} still running?`).isRunning({ workflowId });
  if (!running && state.holder === holder) delete state.holder;
}

async function grantNext({ host, placeId }: PlaceInput, state: PlaceState, errands: Errands): Promise<void> {
  const next = queue.nextToGrant(state);
  if (!next) return;
  const { freezes } = errands;
  const { lease, frozen } = await leases(`Lease for ${next.runId}`).grantLease({ host, placeId });
  if (frozen && freezes === errands.freezes) state.frozen = frozen;
  else queue.grant(state, next, lease, new Date().toISOString());
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
  const lines = [
    `### Place ${placeId}: ${holder}`,
    ...(state.frozen
      ? [`**Frozen** by ${state.frozen.by} since ${state.frozen.since}: ${state.frozen.reason}`]
      : []),
    ...(state.live ? [`Live: version ${state.live.version} (${state.live.tag})`] : []),
    ...(state.stable ? [`Last stable: version ${state.stable.version} (${state.stable.tag})`] : []),
    ...(waiting.length > 0 ? ['Waiting:', ...waiting] : []),
  ];
  setCurrentDetails(lines.join('\n'));
}
