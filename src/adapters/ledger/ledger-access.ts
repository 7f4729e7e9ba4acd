import type { Transaction } from 'kysely';

import type { Database, Tables } from './database.js';
import type { LedgerGuard } from './ledger-guard.js';

export type LedgerAccess = {
  read: <T>(work: (database: Database) => Promise<T>) => Promise<T>;
  /** Every write is a transaction, also of one statement: that is where a busy database is waited for. */
  write: <T>(work: (transaction: Transaction<Tables>) => Promise<T>) => Promise<T>;
};

export function createLedgerAccess(database: Database, guard: LedgerGuard): LedgerAccess {
  return {
    read: (work) => guard(() => work(database)),
    write: (work) => guard(() => database.transaction().execute(work)),
  };
}
