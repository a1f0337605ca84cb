import type { Kysely } from 'kysely';

import type { NamedMigration } from '@jiga/platform';

/** The schema of timelines, step by step. A step that has run somewhere is never edited. */
export const TIMELINE_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0001_timeline',
    async up(db: Kysely<never>): Promise<void> {
      // No reference to the session: the writer runs behind, and an event must not fail a batch for its session's end.
      await db.schema
        .createTable('session_events')
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('sequence', 'bigint', (column) => column.notNull())
        .addColumn('event_id', 'text', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('at', 'double precision', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('session_events_pk', ['session_id', 'sequence'])
        .execute();
      await db.schema.createIndex('session_events_by_id').on('session_events').column('event_id').execute();
      await db.schema.createIndex('session_events_by_age').on('session_events').columns(['type', 'at']).execute();
      await db.schema.createIndex('session_events_by_time').on('session_events').column('at').execute();
    },
  },
];
