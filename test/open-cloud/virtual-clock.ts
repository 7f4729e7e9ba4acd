import type { Clock } from '../../src/adapters/open-cloud/index.js';

export type VirtualClock = Clock & {
  /** Work that counts as busy, so that time stands still until all of it sleeps. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

/** Time that passes only when everybody who works sleeps, and then exactly to whoever wakes first. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let time = start;
  let working = 0;
  const sleepers: { wakesAt: number; wake: () => void }[] = [];

  function turn() {
    if (sleepers.length === 0 || sleepers.length < working) return;
    sleepers.sort((a, b) => a.wakesAt - b.wakesAt);
    time = Math.max(time, sleepers[0]!.wakesAt);
    while (sleepers.length > 0 && sleepers[0]!.wakesAt <= time) sleepers.shift()!.wake();
  }

  return {
    now: () => time,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { wakesAt: time + milliseconds, wake: resolve };
        signal?.addEventListener('abort', () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal.reason as Error);
        });
        sleepers.push(sleeper);
        turn();
      }),
    async run(work) {
      working += 1;
      try {
        return await work();
      } finally {
        working -= 1;
        turn();
      }
    },
  };
}
