/** How a piece of work ended. Nothing yet: it is under way. */
export type WorkOutcome =
  | { state: 'under-way' }
  | { state: 'completed'; result: unknown }
  | { state: 'failed'; kind: string; message: string }
  | { state: 'cancelled' };

/** What a run's history says that matters to people, decoded. Times are ISO 8601, UTC. */
export type RunEvent = { at: string } & (
  | { type: 'started'; pipeline: string; input: unknown }
  | {
      type: 'work';
      /** Name of the activity, or workflow type of the child. */
      name: string;
      /** What the workflow calls it, such as `Publish to production/start`. */
      title: string;
      /** Workflow id, where the work is a child workflow. */
      child?: string;
      startedAt: string;
      /** How often it was tried, and why the last try but one did not do. */
      attempts: number;
      lastFailure?: string;
      input: unknown;
      outcome: WorkOutcome;
    }
  | { type: 'message'; name: string; body: unknown; from?: string }
  | { type: 'waited'; title: string; startedAt: string }
  | { type: 'state'; state: string }
  | { type: 'cancel-requested' }
  /** The workflow itself could not go on for a while: no worker, or code that does not fit the history. */
  | { type: 'stuck'; problem: string }
  | { type: 'ended'; outcome: EndOutcome; kind?: string; reason?: string; result?: unknown }
);

export type EndOutcome = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'continued';
