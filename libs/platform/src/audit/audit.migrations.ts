import type { Kysely } from 'kysely';

import type { NamedMigration } from '../storage/database.js';

/** The schema of the audit trail, step by step. A step that has run somewhere is never edited. */
export const AUDIT_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0022_audit',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('audit_entries')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('at', 'double precision', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('actor', 'text')
        .addColumn('target', 'text')
        .addColumn('request_id', 'text')
        .addColumn('remote_address', 'text')
        .addColumn('detail', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('audit_by_age').on('audit_entries').columns(['at', 'id']).execute();
      await db.schema.createIndex('audit_by_target').on('audit_entries').columns(['target', 'at']).execute();
    },
  },
];
