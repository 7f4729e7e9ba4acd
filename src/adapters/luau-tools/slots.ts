/** Lets at most `count` pieces of work run at once; the others wait in order. */
export function createSlots(count: number): <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];

  const acquire = async (signal: AbortSignal | undefined) => {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiting.push(start);
    });
  };
  /** A slot that is given on never becomes free in between. */
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  return async (work, signal) => {
    signal?.throwIfAborted();
    await acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  };
}
