import type { PublishIntent } from './activities.js';
import type { Environment } from './project.js';

/**
 * What became of a recorded intent. `recorded`: nothing was sent yet. `sent`: the request left, its answer was never
 * recorded. `landed`: it made a version. `failed`: it certainly had no effect. `unknown`: it may have had one.
 */
export type PublishIntentState = 'recorded' | 'sent' | 'landed' | 'failed' | 'unknown';

export type RecordedIntent = Pick<PublishIntent, 'runId' | 'commit' | 'digest'> & {
  sha256: string;
  state: PublishIntentState;
  lastVersion: number;
  version?: number;
};

/** Publishing has no idempotency key: this log, written before the call, is what a second attempt is judged by. */
export interface IntentLog {
  /**
   * Records the intent in the state `recorded` with the last version seen in the place's history, before anything is
   * sent. Recording the same run and place bytes again changes nothing, its last version included; only its lease
   * rises to the intent's, where that is higher.
   */
  record(intent: PublishIntent, lastVersion: number): Promise<void>;
  find(
    runId: string,
    placeSha256: string,
  ): Promise<{ lastVersion: number; state: PublishIntentState; version?: number } | undefined>;
  /** @throws GraveshiftError when no such intent was recorded */
  mark(runId: string, placeSha256: string, state: PublishIntentState, version?: number): Promise<void>;
  /** Says that the request is still on its way: called again and again by the process that sends it. */
  touch(runId: string, placeSha256: string): Promise<void>;
  /** True while the process that sends it lives: it said so a moment ago. Until then an absent version may yet come. */
  isBeingSent(runId: string, placeSha256: string): Promise<boolean>;
  /** The highest lease number given or recorded for the place; 0 where there is none. A lower one has been fenced off. */
  highestLease(host: Environment['host'], placeId: string): Promise<number>;
  /** Every intent for the place, whatever became of it. */
  list(host: Environment['host'], placeId: string): Promise<RecordedIntent[]>;
  /** Every version that we know to be ours: intents in the state `landed`. */
  recordedVersions(
    host: Environment['host'],
    placeId: string,
  ): Promise<{ version: number; runId: string; sha256: string }[]>;
}

/** Which mesh was uploaded where: creating an asset has no idempotency key either. Keys are those of the lock file. */
export interface UploadLog {
  find(
    host: Environment['host'],
    creator: Environment['creator'],
    sha256: string,
  ): Promise<{ assetId?: string; operation?: string } | undefined>;
  /** Written before the create is sent; forgets the operation of an earlier try that failed. */
  begin(
    host: Environment['host'],
    creator: Environment['creator'],
    sha256: string,
    runId: string,
  ): Promise<void>;
  /** Written as soon as the create is answered: from here on it is polled, never created again. */
  operation(
    host: Environment['host'],
    creator: Environment['creator'],
    sha256: string,
    operationPath: string,
  ): Promise<void>;
  done(
    host: Environment['host'],
    creator: Environment['creator'],
    sha256: string,
    assetId: string,
  ): Promise<void>;
}
