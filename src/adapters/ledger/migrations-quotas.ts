import type { Kysely, Migration } from 'kysely';

export const quotas: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('quotas')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('endpoint', 'text', (column) => column.notNull())
      .addColumn('window_ends_at', 'text', (column) => column.notNull())
      .addColumn('window_ms', 'integer', (column) => column.notNull())
      .addColumn('call_limit', 'integer', (column) => column.notNull())
      .addColumn('taken', 'integer', (column) => column.notNull())
      .addColumn('urgent_taken', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('quotas_primary_key', ['host', 'owner', 'endpoint'])
      .execute();
  },
};
