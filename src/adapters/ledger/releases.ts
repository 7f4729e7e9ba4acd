import { z } from 'zod';

import type { LedgerActivities } from '../../domain/activities.js';
import { artifactRefSchema, type ArtifactRef } from '../../domain/artifact.js';
import { gateResultSchema, type GateResult } from '../../domain/gate.js';
import type { Environment } from '../../domain/project.js';
import type { LedgerAccess } from './ledger-access.js';
import { targetColumns } from './target-columns.js';

const approvalsSchema = z.array(
  z.object({ by: z.string(), at: z.string(), reason: z.string().exactOptional() }),
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
  tag: string;
  gates: GateResult[];
  approvals: { by: string; at: string; reason?: string }[];
  /** ISO 8601, UTC. */
  releasedAt: string;
};

export type NewRelease = Parameters<LedgerActivities['recordRelease']>[0];

export interface ReleaseLog {
  /** Recording the same version of the same run again changes only its tag: Git may have taken the first choice. */
  record(release: NewRelease): Promise<void>;
  /** Newest first. */
  list(filter: { project: string; environment: string }): Promise<ReleaseRecord[]>;
}

export function createReleaseLog({ read, write }: LedgerAccess, clock: () => Date): ReleaseLog {
  return {
    record: (release) =>
      write(async (transaction) => {
        await transaction
          .insertInto('releases')
          .values({
            ...targetColumns(release.intent),
            run_id: release.intent.runId,
            version: release.version,
            night: release.night ?? null,
            tag: release.tag,
            gates: JSON.stringify(release.gates),
            approvals: JSON.stringify(release.approvals),
            released_at: clock().toISOString(),
          })
          .onConflict((conflict) =>
            conflict.columns(['run_id', 'host', 'place_id', 'version']).doUpdateSet({ tag: release.tag }),
          )
          .execute();
      }),

    list: ({ project, environment }) =>
      read(async (database) => {
        const rows = await database
          .selectFrom('releases')
          .selectAll()
          .where('project', '=', project)
          .where('environment', '=', environment)
          .orderBy('released_at', 'desc')
          .orderBy('version', 'desc')
          .execute();
        return rows.map((row) => ({
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
        }));
      }),
  };
}
