import type { Kysely, Migration } from 'kysely';

export const modelCalls: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('model_calls')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('prompt_hash', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      // What was set aside, until the call is over; then what it did cost.
      .addColumn('usd', 'double precision', (column) => column.notNull())
      .addColumn('input_tokens', 'integer')
      .addColumn('output_tokens', 'integer')
      .addColumn('sent_at', 'text', (column) => column.notNull())
      .addColumn('ended_at', 'text')
      .execute();
    await db.schema.createIndex('model_calls_by_run').on('model_calls').column('run_id').execute();
  },
};
