import type { Kysely } from 'kysely';

import type { NamedMigration } from '@jiga/platform';

/** The schema of usage, step by step. A step that has run somewhere is never edited. */
export const USAGE_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0032_usage',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('usage_sums')
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('provider', 'text', (column) => column.notNull())
        .addColumn('model', 'text', (column) => column.notNull())
        .addColumn('capability', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('credential_id', 'text', (column) => column.notNull())
        .addColumn('frames', 'double precision', (column) => column.notNull())
        .addColumn('analyses', 'double precision', (column) => column.notNull())
        .addColumn('audio_seconds', 'double precision', (column) => column.notNull())
        .addColumn('input_tokens', 'double precision', (column) => column.notNull())
        .addColumn('output_tokens', 'double precision', (column) => column.notNull())
        .addColumn('calls', 'double precision', (column) => column.notNull())
        .addColumn('cost_usd', 'double precision', (column) => column.notNull())
        .addColumn('unpriced_calls', 'double precision', (column) => column.notNull())
        .addPrimaryKeyConstraint('usage_sums_pk', ['day', 'session_id', 'provider', 'model', 'capability'])
        .execute();
      await db.schema.createIndex('usage_sums_by_session').on('usage_sums').columns(['session_id']).execute();
      await db.schema.createIndex('usage_sums_by_owner').on('usage_sums').columns(['owner', 'day']).execute();
    },
  },
  {
    name: '0033_usage_batches',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .alterTable('usage_sums')
        .addColumn('batch_id', 'text', (column) => column.notNull().defaultTo(''))
        .execute();
    },
  },
];
