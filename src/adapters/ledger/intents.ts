import type { Kysely } from 'kysely';

import { GraveshiftError } from '../../domain/failure.js';
import type { Environment } from '../../domain/project.js';
import type { IntentLog } from '../../domain/publish-log.js';
import type { Tables } from './database.js';
import type { LedgerAccess } from './ledger-access.js';
import { targetColumns } from './target-columns.js';

/** A sender touches its intent every other second; a busy disk or processor may delay that, but not for this long. */
const senderIsDeadAfterMs = 15_000;

/**
 * Intents by run and place bytes. One that landed stays landed: marking it otherwise throws `DeploymentFailure`, so that
 * an attempt which comes late stops before it makes a second version.
 */
export function createIntentLog({ read, write }: LedgerAccess, clock: () => Date): IntentLog {
  return {
    record: (intent, lastVersion) =>
      write(async (transaction) => {
        const now = clock().toISOString();
        await transaction
          .insertInto('intents')
          .values({
            ...targetColumns(intent),
            run_id: intent.runId,
            last_version: lastVersion,
            state: 'recorded',
            version: null,
            recorded_at: now,
            updated_at: now,
          })
          .onConflict((conflict) => conflict.columns(['run_id', 'place_sha256']).doNothing())
          .execute();
        // A run that gave its lease back and got another one goes on under the new number.
        await transaction
          .updateTable('intents')
          .set({ lease: intent.lease })
          .where('run_id', '=', intent.runId)
          .where('place_sha256', '=', intent.place.sha256)
          .where('lease', '<', intent.lease)
          .execute();
      }),

    find: (runId, placeSha256) =>
      read(async (database) => {
        const row = await database
          .selectFrom('intents')
          .select(['last_version', 'state', 'version'])
          .where('run_id', '=', runId)
          .where('place_sha256', '=', placeSha256)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const { last_version: lastVersion, state, version } = row;
        return { lastVersion, state, ...(version === null ? {} : { version }) };
      }),

    mark: (runId, placeSha256, state, version) =>
      write(async (transaction) => {
        const known = await transaction
          .selectFrom('intents')
          .select(['state', 'version'])
          .where('run_id', '=', runId)
          .where('place_sha256', '=', placeSha256)
          .executeTakeFirst();
        const intent = `The intent of run ${runId} to publish ${placeSha256}`;
        if (known === undefined) {
          throw new GraveshiftError(
            'InvalidInput',
            `${intent} was never recorded: record it before it is sent.`,
            {
              details: { runId, placeSha256 },
            },
          );
        }
        if (state === 'landed' && version === undefined) {
          throw new GraveshiftError('InvalidInput', `${intent} landed as no version: name the version.`, {
            details: { runId, placeSha256 },
          });
        }
        if (known.state === 'landed') {
          if (state === 'landed' && version === known.version) return;
          throw new GraveshiftError(
            'DeploymentFailure',
            `${intent} has landed as version ${String(known.version)} and cannot become ` +
              `${version === undefined ? state : `${state} as version ${version}`}: nothing is published again.`,
            { details: { runId, placeSha256, version: known.version } },
          );
        }
        if (known.state === 'sent' && state === 'sent') {
          throw new GraveshiftError(
            'OutcomeUnknown',
            `${intent} is being sent by another attempt: reconcile before anything else is published.`,
            { details: { runId, placeSha256 } },
          );
        }
        await transaction
          .updateTable('intents')
          .set({ state, version: version ?? null, updated_at: clock().toISOString() })
          .where('run_id', '=', runId)
          .where('place_sha256', '=', placeSha256)
          .execute();
      }),

    touch: (runId, placeSha256) =>
      write(async (transaction) => {
        await transaction
          .updateTable('intents')
          .set({ updated_at: clock().toISOString() })
          .where('run_id', '=', runId)
          .where('place_sha256', '=', placeSha256)
          .where('state', '=', 'sent')
          .execute();
      }),

    isBeingSent: (runId, placeSha256) =>
      read(async (database) => {
        const row = await database
          .selectFrom('intents')
          .select('updated_at')
          .where('run_id', '=', runId)
          .where('place_sha256', '=', placeSha256)
          .where('state', '=', 'sent')
          .executeTakeFirst();
        return row !== undefined && clock().getTime() - Date.parse(row.updated_at) < senderIsDeadAfterMs;
      }),

    highestLease: (host, placeId) => read((database) => highestLeaseOf(database, host, placeId)),

    list: (host, placeId) =>
      read(async (database) => {
        const rows = await database
          .selectFrom('intents')
          .selectAll()
          .where('host', '=', host)
          .where('place_id', '=', placeId)
          .orderBy('recorded_at')
          .execute();
        return rows.map((row) => ({
          runId: row.run_id,
          sha256: row.place_sha256,
          commit: row.commit_sha,
          digest: row.change_set_digest,
          state: row.state,
          lastVersion: row.last_version,
          ...(row.version === null ? {} : { version: row.version }),
        }));
      }),

    recordedVersions: (host, placeId) =>
      read(async (database) => {
        const rows = await database
          .selectFrom('intents')
          .select(['version', 'run_id as runId', 'place_sha256 as sha256'])
          .where('host', '=', host)
          .where('place_id', '=', placeId)
          .where('state', '=', 'landed')
          .where('version', 'is not', null)
          .orderBy('version')
          .$narrowType<{ version: number }>()
          .execute();
        return rows;
      }),
  };
}

/** A number for the next lease of the place, higher than any that was given or recorded before; never given twice. */
export function createLeaseCounter({
  write,
}: LedgerAccess): (host: Environment['host'], placeId: string) => Promise<number> {
  return (host, placeId) =>
    write(async (transaction) => {
      const lease = (await highestLeaseOf(transaction, host, placeId)) + 1;
      await transaction
        .insertInto('leases')
        .values({ host, place_id: placeId, lease })
        .onConflict((conflict) => conflict.columns(['host', 'place_id']).doUpdateSet({ lease }))
        .execute();
      return lease;
    });
}

/** The highest number given or recorded for the place; 0 where there is none. */
async function highestLeaseOf(
  database: Kysely<Tables>,
  host: Environment['host'],
  placeId: string,
): Promise<number> {
  const given = await database
    .selectFrom('leases')
    .select('lease')
    .where('host', '=', host)
    .where('place_id', '=', placeId)
    .executeTakeFirst();
  const recorded = await database
    .selectFrom('intents')
    .select('lease')
    .where('host', '=', host)
    .where('place_id', '=', placeId)
    .orderBy('lease', 'desc')
    .limit(1)
    .executeTakeFirst();
  return Math.max(given?.lease ?? 0, recorded?.lease ?? 0);
}
