import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 100;

/** Asks for the run's progress until it wants to be approved. */
export async function untilApproval(client, run, signal) {
  for (;;) {
    const progress = await client.progress(run);
    if (progress.state === 'awaiting-approval') return progress;
    if (progress.state !== 'running') {
      const problems = progress.attention.map(({ step, problem }) => `${step}: ${problem}`);
      throw new Error(`${run} is ${progress.state} before its approval: ${problems.join('; ')}`);
    }
    await delay(pollMs, undefined, { signal });
  }
}
