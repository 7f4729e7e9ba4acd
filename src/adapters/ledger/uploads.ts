import type { Environment } from '../../domain/project.js';
import type { UploadLog } from '../../domain/publish-log.js';
import type { LedgerAccess } from './ledger-access.js';

type Progress = { run_id?: string; operation?: string | null; asset_id?: string };

export function createUploadLog({ read, write }: LedgerAccess, clock: () => Date): UploadLog {
  const save = (
    host: Environment['host'],
    creator: Environment['creator'],
    sha256: string,
    progress: Progress,
  ): Promise<void> =>
    write(async (transaction) => {
      const update = { ...progress, updated_at: clock().toISOString() };
      await transaction
        .insertInto('uploads')
        .values({ host, creator_type: creator.type, creator_id: creator.id, sha256, ...update })
        .onConflict((conflict) =>
          conflict.columns(['host', 'creator_type', 'creator_id', 'sha256']).doUpdateSet(update),
        )
        .execute();
    });

  return {
    find: (host, creator, sha256) =>
      read(async (database) => {
        const row = await database
          .selectFrom('uploads')
          .select(['asset_id', 'operation'])
          .where('host', '=', host)
          .where('creator_type', '=', creator.type)
          .where('creator_id', '=', creator.id)
          .where('sha256', '=', sha256)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        return {
          ...(row.asset_id === null ? {} : { assetId: row.asset_id }),
          ...(row.operation === null ? {} : { operation: row.operation }),
        };
      }),
    begin: (host, creator, sha256, runId) => save(host, creator, sha256, { run_id: runId, operation: null }),
    operation: (host, creator, sha256, operation) => save(host, creator, sha256, { operation }),
    done: (host, creator, sha256, assetId) => save(host, creator, sha256, { asset_id: assetId }),
  };
}
