import type { Kysely } from 'kysely';

import type { LedgerActivities } from '../../domain/activities.js';
import { GraveshiftError, invalidInput } from '../../domain/failure.js';
import type { Environment } from '../../domain/project.js';
import { canBecome, findLastStable } from '../../domain/release-history.js';
import type { ReleaseManifest, ReleaseStatus } from '../../domain/release.js';
import type { Tables } from './database.js';
import type { LedgerAccess } from './ledger-access.js';
import { type ReleaseRecord, selectReleases, toRecord } from './release-record.js';
import { targetColumns } from './target-columns.js';

/** Without a `manifest` it is that of the same bytes, where this place had them before. */
export type NewRelease = Omit<Parameters<LedgerActivities['recordRelease']>[0], 'approvals'> & {
  approvals: ReleaseManifest['approvals'];
};

export type ReleaseMark = {
  host: Environment['host'];
  placeId: string;
  runId: string;
  version: number;
  status: ReleaseStatus;
  reason?: string;
};

export interface ReleaseLog {
  /**
   * Records a published version as live; the one that was live before becomes `superseded`, one that was kept stays
   * `stable`. One that comes late, after a version of a higher lease or number, is `superseded` from the start.
   * Recording the same version of the same run again changes only its tag and manifest: Git may have taken the first choice.
   */
  record(release: NewRelease): Promise<void>;
  /**
   * Says how a published version fared; saying the same again changes nothing.
   * @throws InvalidInput for a version never recorded, DeploymentFailure where it cannot become that any more
   */
  mark(mark: ReleaseMark): Promise<void>;
  /** Newest first. */
  list(filter: { project?: string; environment?: string }): Promise<ReleaseRecord[]>;
  /** What the place got, the newest first: by lease, then by version, so that an emulator that counts afresh does no harm. */
  history(host: Environment['host'], placeId: string): Promise<ReleaseRecord[]>;
  /** The newest version that was not taken back. */
  live(host: Environment['host'], placeId: string): Promise<ReleaseRecord | undefined>;
  /** What a rollback of `bad` goes back to: see `findLastStable`. */
  lastStable(
    host: Environment['host'],
    placeId: string,
    bad?: Pick<ReleaseRecord, 'place'>,
  ): Promise<ReleaseRecord | undefined>;
  /**
   * The newest release of that name: a version (`1.4.0`), a tag, a manifest's or release's digest, a run's id, or a commit
   * (of digests and commits, the first 7 digits do), at one place where it is given.
   */
  find(
    project: string,
    name: string,
    at?: { host: Environment['host']; placeId: string },
  ): Promise<ReleaseRecord | undefined>;
}

export function createReleaseLog({ read, write }: LedgerAccess, clock: () => Date): ReleaseLog {
  const history: ReleaseLog['history'] = (host, placeId) =>
    read(async (database) => (await selectHistory(database, host, placeId).execute()).map(toRecord));

  return {
    record: (release) => write((transaction) => recordRelease(transaction, release, clock().toISOString())),

    mark: ({ host, placeId, runId, version, status, reason }) =>
      write(async (transaction) => {
        const key = { host, place_id: placeId, run_id: runId, version };
        const known = await transaction
          .selectFrom('releases')
          .select('status')
          .where((row) => row.and(key))
          .executeTakeFirst();
        if (known === undefined) throw neverRecorded(placeId, runId, version);
        if (!canBecome(known.status, status)) throw cannotBecome(placeId, version, known.status, status);
        if (known.status === status) return;
        await transaction
          .updateTable('releases')
          .set({ status, status_reason: reason ?? null, status_at: clock().toISOString() })
          .where((row) => row.and(key))
          .execute();
      }),

    list: ({ project, environment }) =>
      read(async (database) => {
        let query = selectReleases(database);
        if (project !== undefined) query = query.where('releases.project', '=', project);
        if (environment !== undefined) query = query.where('releases.environment', '=', environment);
        const rows = await query
          .orderBy('releases.released_at', 'desc')
          .orderBy('releases.version', 'desc')
          .execute();
        return rows.map(toRecord);
      }),

    history,

    live: (host, placeId) =>
      read(async (database) => {
        const row = await selectHistory(database, host, placeId)
          .where('releases.status', '!=', 'rolled-back')
          .limit(1)
          .executeTakeFirst();
        return row && toRecord(row);
      }),

    lastStable: (host, placeId, bad) =>
      read(async (database) => {
        const judged = await selectHistory(database, host, placeId)
          .where('releases.status', 'in', ['stable', 'rolled-back'])
          .execute();
        return findLastStable(judged.map(toRecord), bad);
      }),

    find: (project, name, at) =>
      read(async (database) => {
        let query = selectReleases(database)
          .where('releases.project', '=', project)
          .where((row) => {
            const named = [
              row('manifests.version', '=', name),
              row('releases.tag', '=', name),
              row('releases.run_id', '=', name),
              row('manifests.run_id', '=', name),
            ];
            if (!/^[0-9a-f]{7,64}$/.test(name)) return row.or(named);
            const digests = ['releases.manifest', 'manifests.release_digest', 'releases.commit_sha'] as const;
            return row.or([...named, ...digests.map((column) => row(column, 'like', `${name}%`))]);
          });
        if (at !== undefined) {
          query = query.where('releases.host', '=', at.host).where('releases.place_id', '=', at.placeId);
        }
        const row = await query
          .orderBy('releases.released_at', 'desc')
          .orderBy('releases.version', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row && toRecord(row);
      }),
  };
}

function selectHistory(database: Kysely<Tables>, host: Environment['host'], placeId: string) {
  return selectReleases(database)
    .where('releases.host', '=', host)
    .where('releases.place_id', '=', placeId)
    .orderBy('releases.lease', 'desc')
    .orderBy('releases.version', 'desc')
    .orderBy('releases.released_at', 'desc');
}

async function recordRelease(transaction: Kysely<Tables>, release: NewRelease, now: string): Promise<void> {
  const { intent, version, tag } = release;
  const { host, placeId } = intent.target;
  const history = await selectHistory(transaction, host, placeId).execute();
  const known = history.find((row) => row.run_id === intent.runId && row.version === version);
  const same = history.find((row) => row.place_sha256 === intent.place.sha256 && row.manifest !== null);
  const manifest = release.manifest ?? known?.manifest ?? same?.manifest ?? null;
  if (known !== undefined) {
    await transaction
      .updateTable('releases')
      .set({ tag, manifest })
      .where((row) => row.and({ host, place_id: placeId, run_id: intent.runId, version }))
      .execute();
    return;
  }
  const [newest] = history;
  const isLate =
    newest !== undefined &&
    (newest.lease > intent.lease || (newest.lease === intent.lease && newest.version > version));
  if (!isLate) {
    await transaction
      .updateTable('releases')
      .set({ status: 'superseded', status_at: now })
      .where((row) => row.and({ host, place_id: placeId, status: 'live' }))
      .execute();
  }
  await transaction
    .insertInto('releases')
    .values({
      ...targetColumns(intent),
      run_id: intent.runId,
      version,
      night: release.night ?? null,
      tag,
      gates: JSON.stringify(release.gates),
      approvals: JSON.stringify(release.approvals),
      released_at: now,
      status: isLate ? 'superseded' : (release.status ?? 'live'),
      rojo_version: release.rojoVersion ?? null,
      status_reason: null,
      status_at: now,
      manifest,
    })
    .execute();
}

function neverRecorded(placeId: string, runId: string, version: number): GraveshiftError {
  return invalidInput('the release', [
    {
      field: 'version',
      value: `version ${version} of place ${placeId} by run ${runId}, which was never recorded`,
      remedy: 'record it as a release first',
    },
  ]);
}

function cannotBecome(
  placeId: string,
  version: number,
  status: ReleaseStatus,
  next: ReleaseStatus,
): GraveshiftError {
  return new GraveshiftError(
    'DeploymentFailure',
    `Version ${version} of place ${placeId} is ${status} and cannot become ${next}: somebody else decided about it ` +
      `meanwhile, or it must be published anew.`,
    { details: { placeId, version, status, next } },
  );
}
