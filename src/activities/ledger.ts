import type { Ledger } from '../adapters/ledger/index.js';
import type { LedgerActivities } from '../domain/activities.js';

/** Each turn means that the holder ended and yet another run took its place at that moment. */
const mostTakeOvers = 10;

/**
 * @param dependencies.isRunning whether the run still runs: a holder that was terminated, or that a lost Temporal
 * database took with it, must not block its subject for ever. Throws when that cannot be told.
 */
export function createLedgerActivities({
  ledger,
  isRunning,
}: {
  ledger: Pick<Ledger, 'runs' | 'releases'>;
  isRunning: (workflowId: string, runId: string) => Promise<boolean>;
}): LedgerActivities {
  return {
    async openRun(run) {
      let heldBy = await ledger.runs.open(run);
      for (let turn = 0; heldBy !== undefined && turn < mostTakeOvers; turn++) {
        // Temporal runs one execution of a workflow id at a time: an earlier one of our own id has ended.
        const isOurs = heldBy.workflowId === run.workflowId;
        if (!isOurs && (await isRunning(heldBy.workflowId, heldBy.runId))) break;
        heldBy = await ledger.runs.open(run, heldBy);
      }
      return heldBy === undefined ? {} : { heldBy };
    },

    freeSubject: ({ runId }) => ledger.runs.free(runId),

    closeRun: (run) => ledger.runs.close(run),

    recordRelease: (release) => ledger.releases.record(release),
  };
}
