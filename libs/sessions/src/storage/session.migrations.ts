import type { Kysely } from 'kysely';

import type { NamedMigration } from '@jiga/platform';

/** The schema of sessions, step by step. A step that has run somewhere is never edited. */
export const SESSION_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0001_sessions',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('sessions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('credential_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('team_id', 'text')
        .addColumn('video_input_source', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('updated_at', 'double precision', (column) => column.notNull())
        .addColumn('ended_at', 'double precision')
        .addColumn('configuration', 'text', (column) => column.notNull())
        .addColumn('failure', 'text')
        .addColumn('metrics', 'text')
        .addColumn('recreated_from', 'text')
        .execute();
      await db.schema
        .createTable('session_transitions')
        .addColumn('session_id', 'text', (column) => column.notNull().references('sessions.id').onDelete('cascade'))
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('at', 'double precision', (column) => column.notNull())
        .addColumn('from_state', 'text')
        .addColumn('to_state', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('session_transitions_pk', ['session_id', 'position'])
        .execute();
      await db.schema.createIndex('sessions_by_age').on('sessions').columns(['created_at', 'id']).execute();
      await db.schema.createIndex('sessions_by_owner').on('sessions').columns(['owner', 'created_at', 'id']).execute();
      await db.schema.createIndex('sessions_by_state').on('sessions').columns(['state', 'created_at', 'id']).execute();
    },
  },
  {
    name: '0002_sessions_by_end',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema.createIndex('sessions_by_end').on('sessions').column('ended_at').execute();
      await db.schema.createIndex('sessions_by_user').on('sessions').column('user_id').execute();
    },
  },
];
