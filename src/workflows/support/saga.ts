import { ActivityFailure, CancellationScope, log } from '@temporalio/workflow';

type Compensation = { title: string; undo: () => Promise<unknown> };

/**
 * What must be undone when a run does not end well. A compensation is registered *before* its step, because a step
 * that failed may have had half its effect; each one must therefore do nothing when there is nothing to undo.
 */
export class Saga {
  private readonly compensations: Compensation[] = [];

  register(title: string, undo: () => Promise<unknown>): void {
    this.compensations.push({ title, undo });
  }

  /** What was done stays: nothing registered so far will be undone. */
  commit(): void {
    this.compensations.length = 0;
  }

  /** Undoes in reverse, even in a cancelled run. One that fails does not stop the others: it is reported. */
  async compensate(): Promise<string[]> {
    return CancellationScope.nonCancellable(async () => {
      const failures: string[] = [];
      for (let last = this.compensations.pop(); last; last = this.compensations.pop()) {
        try {
          await last.undo();
        } catch (error) {
          const cause = error instanceof ActivityFailure ? error.cause : error;
          failures.push(`${last.title}: ${cause instanceof Error ? cause.message : String(cause)}`);
          log.error('Compensation failed', { compensation: last.title, error });
        }
      }
      return failures;
    });
  }
}
