/** What the command's exit status means; `graveshift --help` says the same. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** The run was cancelled, or a person rejected it. */
  notWanted: 2,
  /** `watch --no-wait`: the run has not ended. */
  waiting: 8,
  /** The command line itself is wrong (EX_USAGE of sysexits). */
  usage: 64,
  /** Ended by Ctrl-C or SIGTERM before it was done (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
