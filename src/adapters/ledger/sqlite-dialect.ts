import LibsqlDatabase from 'libsql';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
} from 'kysely';

/** How long SQLite itself waits for another writer, in ms. It blocks the process: longer waits are the caller's. */
const busyTimeout = 50;

/** Opens the file, makes it where there is none, and sets it up so that a write that was acknowledged survives a power cut. */
export function openSqlite(file: string): LibsqlDatabase.Database {
  const database = new LibsqlDatabase(file, { timeout: busyTimeout });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

export function createSqliteDialect(database: LibsqlDatabase.Database): Dialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => new ImmediateSqliteDriver(database),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite can roll a schema change back: a migration then happens whole, by one process, or not at all. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: LibsqlDatabase.Database;

  constructor(database: LibsqlDatabase.Database) {
    super({ database });
    this.#database = database;
  }

  /**
   * Takes the write lock at once. A transaction that reads first and writes later fails in WAL mode when another
   * process wrote in between, and no waiting mends that (https://www.sqlite.org/rescode.html#busy_snapshot).
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would hide why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}
