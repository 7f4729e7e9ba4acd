import { startShift } from './night-shift.mjs';
import { withCleanUp } from './clean-up.mjs';

const starts = 5;

/** The median of some starts beside a Temporal server that runs; the first also makes the ledger. */
export async function measureWorkerStart({ log, signal }) {
  return withCleanUp(async (cleanUp) => {
    const shift = await startShift({ cleanUp, log, signal });
    const seconds = [];
    for (let start = 1; start <= starts; start++) {
      const worker = await shift.startWorker();
      seconds.push(worker.readyMs / 1000);
      await worker.stop();
    }
    const shown = seconds.map((value) => value.toFixed(2)).join(', ');
    return { value: median(seconds), detail: `median of ${starts}: ${shown} s` };
  });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
