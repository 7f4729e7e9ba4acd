import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';

import { artifactRefSchema, type ArtifactRef } from '../../domain/artifact.js';
import type { PlaceRelease } from '../../domain/deploy-activities.js';
import { gateResultSchema, type GateResult } from '../../domain/gate.js';
import type { Environment } from '../../domain/project.js';
import type { ReleaseStatus } from '../../domain/release.js';
import type { Tables } from './database.js';

const approvalsSchema = z.array(
  z.object({
    by: z.string(),
    at: z.string(),
    reason: z.string().exactOptional(),
    key: z.string().exactOptional(),
  }),
);
const gatesSchema = z.array(gateResultSchema);

export type ReleaseRecord = {
  runId: string;
  project: string;
  environment: string;
  host: Environment['host'];
  universeId: string;
  placeName: string;
  placeId: string;
  /** The version that the place got. */
  version: number;
  place: ArtifactRef;
  commit: string;
  digest: string;
  night?: number;
  /** Rojo that built the place. */
  rojoVersion?: string;
  tag: string;
  gates: GateResult[];
  approvals: z.infer<typeof approvalsSchema>;
  /** ISO 8601, UTC. */
  releasedAt: string;
  status: ReleaseStatus;
  statusReason?: string;
  statusAt?: string;
  /** Digest of the sealed manifest, and its semantic version; absent for what was only staged. */
  manifest?: string;
  releaseVersion?: string;
};

/** The part of a record that travels through a run's history. */
export function asPlaceRelease(record: ReleaseRecord): PlaceRelease {
  const { runId, version, place, commit, digest, tag, releasedAt, status, manifest } = record;
  return {
    runId,
    version,
    place,
    commit,
    digest,
    tag,
    releasedAt,
    status,
    ...(manifest !== undefined && { manifest }),
  };
}

/** Every release with the version of its manifest. */
export function selectReleases(database: Kysely<Tables>) {
  return database
    .selectFrom('releases')
    .leftJoin('manifests', 'manifests.digest', 'releases.manifest')
    .selectAll('releases')
    .select('manifests.version as release_version');
}

export function toRecord(
  row: Selectable<Tables['releases']> & { release_version: string | null },
): ReleaseRecord {
  return {
    runId: row.run_id,
    project: row.project,
    environment: row.environment,
    host: row.host,
    universeId: row.universe_id,
    placeName: row.place_name,
    placeId: row.place_id,
    version: row.version,
    place: artifactRefSchema.parse({
      sha256: row.place_sha256,
      bytes: row.place_bytes,
      mediaType: row.place_media_type,
    }),
    commit: row.commit_sha,
    digest: row.change_set_digest,
    ...(row.night === null ? {} : { night: row.night }),
    tag: row.tag,
    gates: gatesSchema.parse(JSON.parse(row.gates)),
    approvals: approvalsSchema.parse(JSON.parse(row.approvals)),
    releasedAt: row.released_at,
    status: row.status,
    ...(row.status_reason === null ? {} : { statusReason: row.status_reason }),
    ...(row.status_at === null ? {} : { statusAt: row.status_at }),
    ...(row.manifest === null ? {} : { manifest: row.manifest }),
    ...(row.rojo_version === null ? {} : { rojoVersion: row.rojo_version }),
    ...(row.release_version === null ? {} : { releaseVersion: row.release_version }),
  };
}
