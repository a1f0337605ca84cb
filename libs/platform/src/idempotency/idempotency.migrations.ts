import type { Kysely } from 'kysely';

import type { NamedMigration } from '../storage/database.js';

/** The schema of idempotency records, step by step. A step that has run somewhere is never edited. */
export const IDEMPOTENCY_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0021_idempotency',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('idempotency_records')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('runner', 'text')
        .addColumn('lease_until', 'double precision', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('expires_at', 'double precision', (column) => column.notNull())
        .addColumn('status', 'integer')
        .addColumn('headers', 'text')
        .addColumn('body', 'text')
        .execute();
      await db.schema.createIndex('idempotency_by_age').on('idempotency_records').column('created_at').execute();
      await db.schema.createIndex('idempotency_by_expiry').on('idempotency_records').column('expires_at').execute();
    },
  },
  {
    name: '0023_idempotency_by_session',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema.alterTable('idempotency_records').addColumn('session_id', 'text').execute();
      await db.schema.createIndex('idempotency_by_session').on('idempotency_records').column('session_id').execute();
    },
  },
];
