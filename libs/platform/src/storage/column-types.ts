import { PostgresAdapter, sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';

/** The column type of bytes in the database that a migration runs on. Bytes are read as Uint8Array on both. */
export function bytesType(db: Kysely<never>): RawBuilder<Uint8Array> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`bytea` : sql`blob`;
}
