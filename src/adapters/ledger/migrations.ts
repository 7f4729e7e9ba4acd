import { type CreateTableBuilder, type Kysely, type Migration, Migrator } from 'kysely';

import type { Database } from './database.js';
import { modelCalls } from './migrations-model-calls.js';
import { quotas } from './migrations-quotas.js';
import { releases } from './migrations-releases.js';

type Schema = Kysely<unknown>;

/** What an intent and a release both say about where a place went, and from what it was built. */
function targetColumns<Table extends string, Column extends string>(
  table: CreateTableBuilder<Table, Column>,
) {
  return table
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('universe_id', 'text', (column) => column.notNull())
    .addColumn('place_name', 'text', (column) => column.notNull())
    .addColumn('place_id', 'text', (column) => column.notNull())
    .addColumn('place_sha256', 'text', (column) => column.notNull())
    .addColumn('place_bytes', 'integer', (column) => column.notNull())
    .addColumn('place_media_type', 'text', (column) => column.notNull())
    .addColumn('commit_sha', 'text', (column) => column.notNull())
    .addColumn('change_set_digest', 'text', (column) => column.notNull())
    .addColumn('lease', 'integer', (column) => column.notNull());
}

const runsAndPublishing: Migration = {
  async up(db: Schema) {
    await db.schema
      .createTable('runs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('workflow_id', 'text', (column) => column.notNull())
      .addColumn('pipeline', 'text', (column) => column.notNull())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('requested_by', 'text', (column) => column.notNull())
      .addColumn('input', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('summary', 'text')
      .addColumn('cost_usd', 'double precision', (column) => column.notNull().defaultTo(0))
      .addColumn('started_at', 'text', (column) => column.notNull())
      .addColumn('finished_at', 'text')
      .execute();
    await db.schema
      .createIndex('runs_by_workflow')
      .on('runs')
      .columns(['workflow_id', 'started_at'])
      .execute();
    await db.schema.createIndex('runs_by_project').on('runs').columns(['project', 'started_at']).execute();

    await db.schema
      .createTable('claims')
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.id'))
      .addColumn('claimed_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('claims_primary_key', ['project', 'subject'])
      .execute();

    await db.schema
      .createTable('steps')
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.id'))
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('started_at', 'text', (column) => column.notNull())
      .addColumn('finished_at', 'text')
      .addPrimaryKeyConstraint('steps_primary_key', ['run_id', 'position'])
      .execute();

    await db.schema
      .createTable('leases')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('place_id', 'text', (column) => column.notNull())
      .addColumn('lease', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('leases_primary_key', ['host', 'place_id'])
      .execute();

    await targetColumns(
      db.schema.createTable('intents').addColumn('run_id', 'text', (column) => column.notNull()),
    )
      .addColumn('last_version', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('version', 'integer')
      .addColumn('recorded_at', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('intents_primary_key', ['run_id', 'place_sha256'])
      .execute();
    await db.schema.createIndex('intents_by_place').on('intents').columns(['place_id', 'host']).execute();

    await db.schema
      .createTable('uploads')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('creator_type', 'text', (column) => column.notNull())
      .addColumn('creator_id', 'text', (column) => column.notNull())
      .addColumn('sha256', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text')
      .addColumn('operation', 'text')
      .addColumn('asset_id', 'text')
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('uploads_primary_key', ['host', 'creator_type', 'creator_id', 'sha256'])
      .execute();

    await targetColumns(
      db.schema.createTable('releases').addColumn('run_id', 'text', (column) => column.notNull()),
    )
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('night', 'integer')
      .addColumn('tag', 'text', (column) => column.notNull())
      .addColumn('gates', 'text', (column) => column.notNull())
      .addColumn('approvals', 'text', (column) => column.notNull())
      .addColumn('released_at', 'text', (column) => column.notNull())
      // An emulator that starts afresh counts its versions from 1 again: the run tells them apart.
      .addPrimaryKeyConstraint('releases_primary_key', ['run_id', 'host', 'place_id', 'version'])
      .execute();
    await db.schema
      .createIndex('releases_by_environment')
      .on('releases')
      .columns(['project', 'environment', 'released_at'])
      .execute();
  },
};

/**
 * In the order of their names; one that was released is never changed. Only what SQLite and PostgreSQL both
 * have: text, integer and double precision, natural keys, no automatic numbers.
 */
const migrations: Record<string, Migration> = {
  '0001-runs-and-publishing': runsAndPublishing,
  '0002-releases': releases,
  '0003-quotas': quotas,
  '0004-model-calls': modelCalls,
};

/** Brings the tables up to date. Safe when several processes do it at once: each does nothing or all. */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw asError(error);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The migration of the ledger failed', { cause: error });
}
