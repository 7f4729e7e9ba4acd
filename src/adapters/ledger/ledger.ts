import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { Kysely } from 'kysely';

import type { Environment } from '../../domain/project.js';
import type { IntentLog, UploadLog } from '../../domain/publish-log.js';
import type { ModelCallLog } from '../../domain/model.js';
import type { QuotaLedger } from '../../domain/quota.js';
import type { Tables } from './database.js';
import { createIntentLog, createLeaseCounter } from './intents.js';
import { createLedgerAccess } from './ledger-access.js';
import { createLedgerGuard } from './ledger-guard.js';
import { parseLedgerUrl } from './ledger-url.js';
import { createManifestLog, type ManifestLog } from './manifests.js';
import { migrate } from './migrations.js';
import { createModelCallLog } from './model-calls.js';
import { createPlaceLog, type PlaceLog } from './places.js';
import { createQuotaLedger } from './quotas.js';
import { createReleaseLog, type ReleaseLog } from './releases.js';
import { createRunLog, type RunLog } from './runs.js';
import { createSqliteDialect, openSqlite } from './sqlite-dialect.js';
import { createUploadLog } from './uploads.js';

/** The small database beside Temporal: what must outlive a history. Any number of processes may have it open. */
export type Ledger = {
  runs: RunLog;
  intents: IntentLog;
  uploads: UploadLog;
  releases: ReleaseLog;
  manifests: ManifestLog;
  places: PlaceLog;
  quotas: QuotaLedger;
  modelCalls: ModelCallLog;
  listRuns: RunLog['list'];
  findRun: RunLog['find'];
  listReleases: ReleaseLog['list'];
  nextLease(host: Environment['host'], placeId: string): Promise<number>;
  close(): Promise<void>;
};

/**
 * Opens the ledger, makes it where there is none, and brings its tables up to date. Every call throws
 * `StorageFailure`, with the file and the remedy, when the disk is full or the file is locked, damaged or forbidden.
 *
 * @param options.url a path, or `file:` and a path
 * @param options.lockTimeout how long a call waits for another process that writes, in ms; 10 seconds by default
 * @throws InvalidInput for an address of another kind
 */
export async function createLedger({
  url,
  clock = () => new Date(),
  lockTimeout = 10_000,
}: {
  url: string;
  clock?: () => Date;
  lockTimeout?: number;
}): Promise<Ledger> {
  const file = parseLedgerUrl(url);
  const guard = createLedgerGuard(file, lockTimeout);
  const database = await guard(async () => {
    await mkdir(path.dirname(file), { recursive: true });
    return new Kysely<Tables>({ dialect: createSqliteDialect(openSqlite(file)) });
  });
  try {
    await guard(() => migrate(database));
  } catch (error) {
    await database.destroy();
    throw error;
  }

  const access = createLedgerAccess(database, guard);
  const runs = createRunLog(access, clock);
  const releases = createReleaseLog(access, clock);
  return {
    runs,
    intents: createIntentLog(access, clock),
    uploads: createUploadLog(access, clock),
    releases,
    manifests: createManifestLog(access, clock),
    places: createPlaceLog(access, clock),
    quotas: createQuotaLedger(access),
    modelCalls: createModelCallLog(access, clock),
    listRuns: (filter) => runs.list(filter),
    findRun: (idOrWorkflowId) => runs.find(idOrWorkflowId),
    listReleases: (filter) => releases.list(filter),
    nextLease: createLeaseCounter(access),
    close: () => database.destroy(),
  };
}
