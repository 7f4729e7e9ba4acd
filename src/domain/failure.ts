/**
 * The kinds of failure that Graveshift tells apart. `retryable` says whether trying the same call again
 * can help; a failure that is not retryable climbs the recovery ladder or asks a person.
 */
export const failureKinds = {
  /** An argument, a project file or a setting is wrong: nothing was spent or changed. */
  InvalidInput: { retryable: false },
  /** The same work is already being done by another run. */
  AlreadyRunning: { retryable: false },
  /** A key is missing, wrong or lacks a scope. */
  AccessDenied: { retryable: false },
  /** No map of the night could be proved to be playable: a fault of the rules, not of the input. */
  DesignFailure: { retryable: false },
  /** A mesh could not be made, or what was made breaks a rule. */
  AssetGenerationFailure: { retryable: true },
  /** Roblox's moderation refused an asset, or the account. */
  AssetRejected: { retryable: false },
  /** Luau that does not compile, or whose tests fail. */
  CodeFailure: { retryable: false },
  /** Git refused: a conflict, a rejected push, a branch that moved. */
  SyncFailure: { retryable: false },
  /** Rojo could not build, or what it built is not what was committed. */
  BuildFailure: { retryable: false },
  /** A preparation step of the project (`wally install`) failed. */
  PreparationFailure: { retryable: true },
  /** Publishing failed, and certainly had no effect. */
  DeploymentFailure: { retryable: false },
  /** A call without an idempotency key broke off: it may have happened. Never retried blindly. */
  OutcomeUnknown: { retryable: false },
  /** A program that must be on this machine is not, and could not be got. */
  ToolMissing: { retryable: false },
  /** A program of ours died over its work; another try gets a fresh one. */
  ToolFailure: { retryable: true },
  /** A service answered that it is busy or down. */
  ServiceUnavailable: { retryable: true },
  BudgetExceeded: { retryable: false },
  /** The artifact store does not have the bytes. */
  ArtifactMissing: { retryable: false },
  /** The artifact store's bytes do not have the hash they are named by. */
  ArtifactCorrupt: { retryable: false },
  /** The disk or bucket is full or not writable. */
  StorageFailure: { retryable: true },
  /** A required gate does not pass. */
  GateFailed: { retryable: false },
  /** The place or the project is frozen: nothing but a rollback is published. */
  PlaceFrozen: { retryable: false },
  /** A rollback or a later lease took the place over. */
  LeaseLost: { retryable: false },
  /** A person rejected the run, or its approval timed out. */
  Rejected: { retryable: false },
  /** A person chose to abort a step that needed attention. */
  Aborted: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureKind = keyof typeof failureKinds;

/** One thing that is wrong with an input, in words for the person who wrote it. */
export type InputProblem = {
  /** Path of the field, such as `environments.staging.universeId`. */
  field: string;
  /** What was found there, shortened; never a secret. */
  value: string;
  /** What it should have been, and how to mend it. */
  remedy: string;
};

/**
 * A failure with its kind, what was wrong, and what to do next. Thrown by adapters and rules; the worker turns
 * it into Temporal's `ApplicationFailure` of the same type at the activity's boundary.
 */
export class GraveshiftError extends Error {
  readonly kind: FailureKind;
  /** Plain data for the run's history: small, and never a secret. */
  readonly details: Record<string, unknown>;

  constructor(
    kind: FailureKind,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = kind;
    this.kind = kind;
    this.details = options.details ?? {};
  }

  get retryable(): boolean {
    return failureKinds[this.kind].retryable;
  }
}

/** An `InvalidInput` that lists every problem, one a line. */
export function invalidInput(subject: string, problems: readonly InputProblem[]): GraveshiftError {
  const lines = problems.map((problem) => `  ${problem.field}: got ${problem.value}; ${problem.remedy}`);
  return new GraveshiftError('InvalidInput', [`${subject} is not valid:`, ...lines].join('\n'), {
    details: { problems: [...problems] },
  });
}
