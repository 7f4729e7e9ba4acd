import { CancellationScope, isCancellation, log } from '@temporalio/workflow';

export type Alongside = {
  /** Waits for its end; throws what it threw. */
  done: () => Promise<void>;
  /** Ends what it waits for: it is not needed any more, and how it ended neither. Never throws. */
  cancel: () => Promise<void>;
};

/** Work that goes on beside the run's main line, and may be given up by it. */
export function alongside(work: () => Promise<void>): Alongside {
  const scope = new CancellationScope();
  const outcome = scope.run(work).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const done = async (): Promise<void> => {
    const failed = await outcome;
    if (failed) throw failed.error;
  };
  return {
    done,
    cancel: async () => {
      scope.cancel();
      const failed = await outcome;
      if (failed && !isCancellation(failed.error)) log.warn('Given up work had failed', failed);
    },
  };
}
