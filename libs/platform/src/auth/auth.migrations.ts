import type { Kysely } from 'kysely';

import type { NamedMigration } from '../storage/database.js';

/** The schema of API keys and session tokens, step by step. A step that has run somewhere is never edited. */
export const AUTH_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0020_api_keys',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('api_keys')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('prefix', 'text', (column) => column.notNull().unique())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('previous_hash', 'text')
        .addColumn('previous_expires_at', 'double precision')
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('scopes', 'text', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'double precision')
        .addColumn('last_used_at', 'double precision')
        .addColumn('rotated_at', 'double precision')
        .addColumn('revoked_at', 'double precision')
        .execute();
      await db.schema.createIndex('api_keys_by_age').on('api_keys').columns(['created_at', 'id']).execute();
    },
  },
  {
    name: '0021_session_tokens',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('session_tokens')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('permission', 'text', (column) => column.notNull())
        .addColumn('issued_by', 'text', (column) => column.notNull())
        .addColumn('parent_id', 'text')
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('expires_at', 'double precision', (column) => column.notNull())
        .addColumn('revoked_at', 'double precision')
        .execute();
      const onTokens = (name: string) => db.schema.createIndex(name).on('session_tokens');
      await onTokens('session_tokens_by_session').columns(['session_id', 'created_at', 'id']).execute();
      await onTokens('session_tokens_by_parent').column('parent_id').execute();
      await onTokens('session_tokens_by_expiry').column('expires_at').execute();
    },
  },
];
