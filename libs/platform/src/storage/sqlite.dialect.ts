import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type {
  CompiledQuery,
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  Kysely,
  QueryCompiler,
  QueryResult,
} from 'kysely';

import { refuseUnstorable } from './parameters.js';
import type { SqliteThread } from './sqlite-thread.js';
import type { SqliteValue } from './sqlite.messages.js';

/** Kysely over the embedded database: SQLite's grammar, our thread. */
export class SqliteThreadDialect implements Dialect {
  constructor(private readonly thread: SqliteThread) {}

  createDriver(): Driver {
    return new SqliteThreadDriver(this.thread);
  }
  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
  // Kysely's own signature leaves the schema open.
  createIntrospector(db: Kysely<never>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite changes its schema within transactions like anything else; Kysely's adapter makes no use of it. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** One connection, lent to one borrower at a time: a transaction must not take in another's statements. */
class SqliteThreadDriver implements Driver {
  readonly #connection: DatabaseConnection;
  #lastBorrower: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(private readonly thread: SqliteThread) {
    this.#connection = new SqliteConnection(thread);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#lastBorrower;
    let release = (): void => {};
    this.#lastBorrower = new Promise((resolve) => (release = resolve));
    await before;
    this.#release = release;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(): Promise<void> {
    await this.thread.run('begin immediate', []);
  }
  async commitTransaction(): Promise<void> {
    await this.thread.run('commit', []);
  }
  async rollbackTransaction(): Promise<void> {
    await this.thread.run('rollback', []);
  }

  async destroy(): Promise<void> {
    await this.thread.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  constructor(private readonly thread: SqliteThread) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    refuseUnstorable(parameters);
    const { rows, changes } = await this.thread.run(sql, parameters as readonly SqliteValue[]);
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  // oxlint-disable-next-line require-yield -- the interface wants a generator; the thread answers whole results only
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported: read in pages');
  }
}
