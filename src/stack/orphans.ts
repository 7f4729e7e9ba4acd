import { setTimeout as delay } from 'node:timers/promises';

import { isAlive, type StackProcess } from './stack-file.js';

const pollMs = 100;
/** The order of a normal stop: what drains needs the servers after it. */
const order = ['worker', 'emulator', 'temporal'] as const;

/** Ends what a killed owner left running, each proved to be the process that was recorded. */
export async function endOrphans(
  orphans: readonly StackProcess[],
  graceMs: number,
  onEvent: (orphan: StackProcess) => void,
): Promise<void> {
  for (const name of order) {
    for (const orphan of orphans.filter((candidate) => candidate.name === name)) {
      onEvent(orphan);
      if (await signalAndWait(orphan, 'SIGTERM', graceMs)) continue;
      await signalAndWait(orphan, 'SIGKILL', graceMs);
    }
  }
}

async function signalAndWait(
  orphan: StackProcess,
  signal: NodeJS.Signals,
  limitMs: number,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  if (!(await isAlive(orphan))) return true;
  try {
    process.kill(orphan.pid, signal);
  } catch (error) {
    // It may have ended since it was looked at.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true;
    throw error;
  }
  while (performance.now() < deadline) {
    if (!(await isAlive(orphan))) return true;
    await delay(pollMs);
  }
  return false;
}
