/**
 * How the worker's allocator keeps memory, where it is glibc's (elsewhere nothing reads these). By default each of the
 * worker's twenty threads may grow a heap of its own, and what a picture or an interpreter freed stays in it: a night
 * of twenty assets then peaks about 100 MB higher. See docs/bench.md.
 */
export const workerMemorySettings = {
  /** Heaps that the threads share. */
  MALLOC_ARENA_MAX: '2',
  /** Bytes free at a heap's end that go back to the system. Set, it also keeps large blocks out of the heaps. */
  MALLOC_TRIM_THRESHOLD_: String(256 * 1024),
} as const;
