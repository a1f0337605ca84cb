import type { Kysely } from 'kysely';

import type { NamedMigration } from '@jiga/platform';

/** The schema of webhooks, step by step. A step that has run somewhere is never edited. */
export const WEBHOOK_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0030_webhooks',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('webhooks')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('description', 'text')
        .addColumn('event_types', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text')
        .addColumn('is_enabled', 'integer', (column) => column.notNull())
        .addColumn('disabled_reason', 'text')
        .addColumn('secret', 'text', (column) => column.notNull())
        .addColumn('previous_secret', 'text')
        .addColumn('previous_secret_until', 'double precision')
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('updated_at', 'double precision', (column) => column.notNull())
        .execute();
      await createDeliveries(db);
    },
  },
];

async function createDeliveries(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('position', 'double precision', (column) => column.notNull())
    .addColumn('webhook_id', 'text', (column) => column.notNull().references('webhooks.id').onDelete('cascade'))
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('event_type', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'text', (column) => column.notNull())
    .addColumn('next_attempt_at', 'double precision')
    .addColumn('claimed_until', 'double precision')
    .addColumn('created_at', 'double precision', (column) => column.notNull())
    .addColumn('finished_at', 'double precision')
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_by_webhook')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'state', 'position'])
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_by_state')
    .on('webhook_deliveries')
    .columns(['state', 'position'])
    .execute();
  await db.schema
    .createIndex('webhook_deliveries_by_session')
    .on('webhook_deliveries')
    .columns(['session_id'])
    .execute();
}
