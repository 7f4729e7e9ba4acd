import { type Kysely, type Migration, sql } from 'kysely';

/** How published versions fared, their manifests, and which places are frozen. */
export const releases: Migration = {
  async up(db: Kysely<unknown>) {
    // One column a statement: SQLite adds no more at once.
    await db.schema
      .alterTable('releases')
      .addColumn('status', 'text', (column) => column.notNull().defaultTo('live'))
      .execute();
    for (const name of ['manifest', 'status_reason', 'status_at', 'rojo_version']) {
      await db.schema.alterTable('releases').addColumn(name, 'text').execute();
    }
    // Of what was published before, a place holds the newest only.
    await sql`
      update releases set status = 'superseded' where exists (
        select 1 from releases as newer
        where newer.host = releases.host and newer.place_id = releases.place_id
          and (newer.lease > releases.lease
            or (newer.lease = releases.lease and newer.version > releases.version)))`.execute(db);
    await db.schema.createIndex('releases_by_place').on('releases').columns(['place_id', 'host']).execute();

    await db.schema
      .createTable('manifests')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('release_digest', 'text', (column) => column.notNull())
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('place_name', 'text', (column) => column.notNull())
      .addColumn('version', 'text', (column) => column.notNull())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('night', 'integer')
      .addColumn('commit_sha', 'text', (column) => column.notNull())
      .addColumn('place_sha256', 'text', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addUniqueConstraint('manifests_by_version', ['project', 'place_name', 'version'])
      .addUniqueConstraint('manifests_by_run', ['run_id', 'project', 'place_name'])
      .execute();

    await db.schema
      .createTable('places')
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('place_id', 'text', (column) => column.notNull())
      .addColumn('frozen_by', 'text')
      .addColumn('frozen_reason', 'text')
      .addColumn('frozen_at', 'text')
      .addColumn('updated_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('places_primary_key', ['host', 'place_id'])
      .execute();
  },
};
