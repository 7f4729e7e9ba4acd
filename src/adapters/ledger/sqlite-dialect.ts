import LibsqlDatabase from 'libsql';
import { SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler, type Dialect } from 'kysely';

/**
 * How long SQLite itself waits for another process, in ms; it blocks ours meanwhile. Writers may stay long (a person with
 * a database browser), so longer waits for them are the caller's; what a reader waits for (a recovery) is short.
 */
const busyTimeout = { begin: 50, otherwise: 2000 };

/** Opens the file, makes it where there is none, and sets it up so that a write that was acknowledged survives a power cut. */
export function openSqlite(file: string): LibsqlDatabase.Database {
  const database = new LibsqlDatabase(file, { timeout: busyTimeout.begin });
  try {
    database.exec('pragma journal_mode = WAL');
    database.exec(`pragma synchronous = FULL; pragma foreign_keys = ON; ${waitFor(busyTimeout.otherwise)}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const waitFor = (milliseconds: number): string => `pragma busy_timeout = ${milliseconds};`;

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

/**
 * Begins and ends transactions by `exec`. A prepared statement of libsql that found the database busy stays "in progress"
 * until it is collected as garbage, and no transaction of its connection can be committed before that.
 */
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
  override beginTransaction(): Promise<void> {
    this.#database.exec(waitFor(busyTimeout.begin));
    try {
      this.#database.exec('begin immediate');
    } finally {
      this.#database.exec(waitFor(busyTimeout.otherwise));
    }
    return Promise.resolve();
  }

  override commitTransaction(): Promise<void> {
    this.#database.exec('commit');
    return Promise.resolve();
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would hide why. */
  override rollbackTransaction(): Promise<void> {
    if (this.#database.inTransaction) this.#database.exec('rollback');
    return Promise.resolve();
  }
}
