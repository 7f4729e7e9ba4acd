import type { Freeze } from '../../domain/place.js';
import type { Environment } from '../../domain/project.js';
import type { LedgerAccess } from './ledger-access.js';

/** Places that nothing may be published to, whatever lease it has. */
export interface PlaceLog {
  /** Freezes the place, or with `undefined` lifts it; writing the same again changes nothing. */
  freeze(host: Environment['host'], placeId: string, frozen: Freeze | undefined): Promise<void>;
  frozen(host: Environment['host'], placeId: string): Promise<Freeze | undefined>;
}

export function createPlaceLog({ read, write }: LedgerAccess, clock: () => Date): PlaceLog {
  return {
    freeze: (host, placeId, frozen) =>
      write(async (transaction) => {
        const state = {
          frozen_by: frozen?.by ?? null,
          frozen_reason: frozen?.reason ?? null,
          frozen_at: frozen?.since ?? null,
          updated_at: clock().toISOString(),
        };
        await transaction
          .insertInto('places')
          .values({ host, place_id: placeId, ...state })
          .onConflict((conflict) => conflict.columns(['host', 'place_id']).doUpdateSet(state))
          .execute();
      }),

    frozen: (host, placeId) =>
      read(async (database) => {
        const row = await database
          .selectFrom('places')
          .select(['frozen_by as by', 'frozen_reason as reason', 'frozen_at as since'])
          .where((column) => column.and({ host, place_id: placeId }))
          .executeTakeFirst();
        if (row === undefined || row.by === null || row.reason === null || row.since === null)
          return undefined;
        return { by: row.by, reason: row.reason, since: row.since };
      }),
  };
}
