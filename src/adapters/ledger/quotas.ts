import { takeFromWindow, type QuotaLedger } from '../../domain/quota.js';
import type { LedgerAccess } from './ledger-access.js';

/** One row a bucket: its window that was last used. */
export function createQuotaLedger({ write }: LedgerAccess): QuotaLedger {
  return {
    take: ({ bucket, ...request }) =>
      write(async (transaction) => {
        const row = await transaction
          .selectFrom('quotas')
          .selectAll()
          .where('host', '=', bucket.host)
          .where('owner', '=', bucket.owner)
          .where('endpoint', '=', bucket.endpoint)
          .executeTakeFirst();
        const found = row && {
          endsAt: Date.parse(row.window_ends_at),
          lengthMs: row.window_ms,
          limit: row.call_limit,
          taken: row.taken,
          urgentTaken: row.urgent_taken,
        };
        const { window, grant } = takeFromWindow(found, request);
        const update = {
          window_ends_at: new Date(window.endsAt).toISOString(),
          window_ms: window.lengthMs,
          call_limit: window.limit,
          taken: window.taken,
          urgent_taken: window.urgentTaken,
        };
        await transaction
          .insertInto('quotas')
          .values({ ...bucket, ...update })
          .onConflict((conflict) => conflict.columns(['host', 'owner', 'endpoint']).doUpdateSet(update))
          .execute();
        return grant;
      }),
  };
}
