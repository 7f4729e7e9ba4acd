/** What a look at the place says about a roll-out. */
export type RolloutLook = {
  /** Newer than the last version that was seen before the publish; newest first. */
  history: readonly { version: number; isPublished: boolean; createdBy?: string | null | undefined }[];
  /** Versions that the ledger knows to be ours, with the run that made them. */
  recorded: readonly { version: number; runId: string }[];
  /** Servers that still run another version than ours. */
  oldServers: readonly { jobId: string; version: number }[];
  /** Other runs whose publish to the place is on its way. */
  sending?: readonly string[];
};

export type RolloutState = {
  verdict: 'pass' | 'fail' | 'waiting';
  summary: string;
  findings: string[];
  /** Versions after the one before the publish that no run recorded: a late landing, or a person's. */
  unrecorded: number[];
  /** The run of ours whose version players get instead. */
  overtakenBy?: { version: number; runId: string };
};

/**
 * `pass`: ours is the newest published version, and no server runs another one. `fail`: players get, or will get,
 * something else. A version that was only saved goes to nobody: it is named and no failure.
 */
export function judgeRollout(look: RolloutLook, version: number): RolloutState {
  const runs = new Map(look.recorded.map((entry) => [entry.version, entry.runId]));
  const strangers = look.history.filter((entry) => entry.version !== version && !runs.has(entry.version));
  const findings = strangers.map(
    (entry) =>
      `version ${String(entry.version)} is not recorded: ${entry.isPublished ? 'published' : 'saved'} by ${makerOf(entry)}`,
  );
  const unrecorded = strangers.map((entry) => entry.version).sort((a, b) => a - b);
  const newest = look.history.find(({ isPublished }) => isPublished);
  if (newest?.version !== version) {
    const runId = newest && runs.get(newest.version);
    const instead =
      newest === undefined
        ? 'the place’s history does not have it'
        : `version ${String(newest.version)} is, by ${runId === undefined ? makerOf(newest) : `run ${runId}`}`;
    return {
      verdict: 'fail',
      summary: `Version ${String(version)} is not the newest published one: ${instead}`,
      findings,
      unrecorded,
      ...(newest && runId !== undefined && { overtakenBy: { version: newest.version, runId } }),
    };
  }
  const sending = look.sending ?? [];
  if (sending.length > 0) {
    const summary = `A publish of ${sending.join(', ')} is on its way and may land on top`;
    return { verdict: 'waiting', summary, findings, unrecorded };
  }
  const left = look.oldServers.length;
  return left === 0
    ? {
        verdict: 'pass',
        summary: `No server runs another version than ${String(version)}`,
        findings,
        unrecorded,
      }
    : {
        verdict: 'waiting',
        summary: `${String(left)} ${left === 1 ? 'server still runs' : 'servers still run'} another version than ${String(version)}`,
        findings: [
          ...findings,
          ...look.oldServers.map((server) => `server ${server.jobId} runs version ${String(server.version)}`),
        ],
        unrecorded,
      };
}

const makerOf = ({ createdBy }: RolloutLook['history'][number]) =>
  createdBy === undefined || createdBy === null ? 'an unknown person' : `user ${createdBy}`;
