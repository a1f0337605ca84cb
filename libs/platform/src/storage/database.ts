import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { Kysely, Migrator, sql } from 'kysely';
import type { Dialect, Migration } from 'kysely';

import { ConfigError } from '../config/config.js';
import { openPostgres, type OpenPostgres, type PostgresOptions } from './postgres.js';
import { SqliteThreadDialect } from './sqlite.dialect.js';
import { SqliteThread } from './sqlite-thread.js';

/** A step of the schema. Names sort in the order of running, never change, and are unique over all libs. */
export interface NamedMigration extends Migration {
  readonly name: string;
}

export type DatabaseKind = 'sqlite' | 'postgres';

const FILE_NAME = 'jiga.sqlite';
const CLOSE_GRACE_MS = 5_000;

/**
 * Where the server keeps what outlives it. Each lib brings its own migrations and sees its own tables through
 * {@link Database.tables}; statements must be written for SQLite and PostgreSQL alike.
 */
export class Database {
  readonly #kysely: Kysely<never>;
  #closed: Promise<void> | null = null;

  private constructor(
    readonly kind: DatabaseKind,
    dialect: Dialect,
    /** Where the migrations' own table is looked for; null where a database has one schema. */
    private readonly schema: string | null = null,
    private readonly problem: () => string | null = () => null,
    private readonly closing: OpenPostgres['close'] = (end) => end(),
  ) {
    this.#kysely = new Kysely<never>({ dialect });
  }

  /** The embedded database in this directory. */
  static async openEmbedded(dataDir: string): Promise<Database> {
    const path = join(dataDir, FILE_NAME);
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    try {
      return new Database('sqlite', new SqliteThreadDialect(await SqliteThread.open(path)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const hint = /locked/.test(reason) ? ' Another server uses this JIGA_DATA_DIR; give each its own.' : '';
      throw new ConfigError(`Cannot open the database ${path}: ${reason}.${hint}`, { cause: error });
    }
  }

  /** A PostgreSQL database, or one schema of it. Throws ConfigError when it cannot be used. */
  static async openPostgres(options: PostgresOptions): Promise<Database> {
    const { dialect, schema, problem, close } = await openPostgres(options);
    return new Database('postgres', dialect, schema, problem, close);
  }

  /** The query builder, seen with the tables of one lib. */
  tables<Tables>(): Kysely<Tables> {
    return this.#kysely as unknown as Kysely<Tables>;
  }

  /** Brings the schema up to date; a step that fails leaves the schema before it. */
  async migrate(migrations: readonly NamedMigration[]): Promise<void> {
    const byName = Object.fromEntries(migrations.map((migration) => [migration.name, migration]));
    const migrator = new Migrator({
      db: this.#kysely,
      provider: { getMigrations: () => Promise.resolve(byName) },
      // Each lib numbers its own steps: a new one may sort before another lib's that has run.
      allowUnorderedMigrations: true,
      ...(this.schema !== null && { migrationTableSchema: this.schema }),
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw new Error('Could not bring the database up to date', { cause: error });
  }

  /** null when the database answers and is this server's, else what is wrong; rejects when it does not answer. */
  async probe(): Promise<string | null> {
    await sql`select 1`.execute(this.#kysely);
    return this.problem();
  }

  /** Lets what is under way end, for at most `graceMs` where the database is another machine's. May be called twice. */
  close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closed ??= this.closing(() => this.#kysely.destroy(), graceMs);
    return this.#closed;
  }
}
