import type { Kysely, Selectable } from 'kysely';

import { invalidInput } from '../../domain/failure.js';
import { nextVersion, releaseTag } from '../../domain/release-version.js';
import type { Tables } from './database.js';
import type { LedgerAccess } from './ledger-access.js';

export type ManifestRecord = {
  /** SHA-256 of the manifest's bytes, which are in the artifact store. */
  digest: string;
  bytes: number;
  /** Digest of the draft that people approved. */
  release: string;
  project: string;
  placeName: string;
  version: string;
  tag: string;
  runId: string;
  night?: number;
  commit: string;
  placeSha256: string;
  /** ISO 8601, UTC. */
  createdAt: string;
};

export type NewManifest = Pick<
  ManifestRecord,
  'release' | 'project' | 'placeName' | 'runId' | 'night' | 'commit' | 'placeSha256'
> & {
  /** Absent: the one after the highest of the ledger's and `alsoTaken`. */
  version?: string;
  /** Versions that tags in Git name already. */
  alsoTaken: readonly string[];
};

/** The sealed manifests of what went to players. */
export interface ManifestLog {
  /**
   * Chooses the version and records the manifest, both or none; asked again for the same run and place it answers
   * what it recorded. The first version of a place is 1.0.0. A night that the place had no release of raises the
   * minor number, all else the patch.
   *
   * @param seal writes the manifest of that version to the store: its bytes are there before the ledger names them
   * @throws InvalidInput where another run has the explicit version
   */
  record(
    manifest: NewManifest,
    seal: (choice: {
      version: string;
      tag: string;
      sealedAt: string;
    }) => Promise<{ digest: string; bytes: number }>,
  ): Promise<ManifestRecord>;
  /** The highest version last recorded first. */
  list(project: string): Promise<ManifestRecord[]>;
  /** By version, tag, digest of manifest or release, or run; the newest where several places have it. */
  find(project: string, name: string): Promise<ManifestRecord | undefined>;
  /** By its place and run. */
  ofRun(runId: string, project: string, placeName: string): Promise<ManifestRecord | undefined>;
}

export function createManifestLog({ read, write }: LedgerAccess, clock: () => Date): ManifestLog {
  const newestFirst = (database: Kysely<Tables>, project: string) =>
    database
      .selectFrom('manifests')
      .selectAll()
      .where('project', '=', project)
      .orderBy('created_at', 'desc')
      .orderBy('digest');

  return {
    record: (manifest, seal) =>
      write(async (transaction) => {
        const { project, placeName, runId } = manifest;
        const known = await findOfRun(transaction, runId, project, placeName);
        if (known !== undefined) return known;
        const version = await chooseVersion(transaction, manifest);
        const tag = releaseTag(placeName, version);
        const sealedAt = clock().toISOString();
        const { digest, bytes } = await seal({ version, tag, sealedAt });
        const row = {
          digest,
          release_digest: manifest.release,
          project,
          place_name: placeName,
          version,
          tag,
          run_id: runId,
          night: manifest.night ?? null,
          commit_sha: manifest.commit,
          place_sha256: manifest.placeSha256,
          bytes,
          created_at: sealedAt,
        };
        await transaction.insertInto('manifests').values(row).execute();
        return toRecord(row);
      }),

    list: (project) =>
      read(async (database) => (await newestFirst(database, project).execute()).map(toRecord)),

    find: (project, name) =>
      read(async (database) => {
        const row = await newestFirst(database, project)
          .where((column) => {
            const named = (['version', 'tag', 'run_id'] as const).map((key) => column(key, '=', name));
            if (!/^[0-9a-f]{7,64}$/.test(name)) return column.or(named);
            const digests = (['digest', 'release_digest'] as const).map((key) =>
              column(key, 'like', `${name}%`),
            );
            return column.or([...named, ...digests]);
          })
          .limit(1)
          .executeTakeFirst();
        return row && toRecord(row);
      }),

    ofRun: (runId, project, placeName) => read((database) => findOfRun(database, runId, project, placeName)),
  };
}

async function findOfRun(
  database: Kysely<Tables>,
  runId: string,
  project: string,
  placeName: string,
): Promise<ManifestRecord | undefined> {
  const row = await database
    .selectFrom('manifests')
    .selectAll()
    .where((column) => column.and({ run_id: runId, project, place_name: placeName }))
    .executeTakeFirst();
  return row && toRecord(row);
}

async function chooseVersion(transaction: Kysely<Tables>, manifest: NewManifest): Promise<string> {
  const { project, placeName, version, night, alsoTaken } = manifest;
  const rows = await transaction
    .selectFrom('manifests')
    .select(['version', 'night', 'run_id'])
    .where((column) => column.and({ project, place_name: placeName }))
    .execute();
  if (version === undefined) {
    const addsNight = night !== undefined && rows.every((row) => row.night !== night);
    return nextVersion([...rows.map((row) => row.version), ...alsoTaken], addsNight);
  }
  const holder = rows.find((row) => row.version === version);
  if (holder === undefined && !alsoTaken.includes(version)) return version;
  const owner = holder === undefined ? 'a tag in Git names' : `run ${holder.run_id} sealed`;
  throw invalidInput('the release', [
    {
      field: 'version',
      value: `${version}, which ${owner} already`,
      remedy: 'expected one that is free, or none for the next one',
    },
  ]);
}

function toRecord(row: Selectable<Tables['manifests']>): ManifestRecord {
  return {
    digest: row.digest,
    bytes: row.bytes,
    release: row.release_digest,
    project: row.project,
    placeName: row.place_name,
    version: row.version,
    tag: row.tag,
    runId: row.run_id,
    ...(row.night === null ? {} : { night: row.night }),
    commit: row.commit_sha,
    placeSha256: row.place_sha256,
    createdAt: row.created_at,
  };
}
