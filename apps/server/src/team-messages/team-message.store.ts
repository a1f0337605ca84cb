import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';

import type { TeamMessage } from '@jiga/contracts';
import { CONFIG, Database, RetentionService, UserDataErasers, removeInParts } from '@jiga/platform';
import type { JigaConfig, NamedMigration } from '@jiga/platform';

interface TeamMessageTables {
  readonly team_messages: TeamMessage & { readonly owner: string };
}

export interface MessagePosition {
  readonly createdAt: number;
  readonly id: string;
}

export const TEAM_MESSAGE_MIGRATIONS: readonly NamedMigration[] = [
  {
    name: '0031_team_messages',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema
        .createTable('team_messages')
        .addColumn('message_id', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('team_id', 'text', (column) => column.notNull())
        .addColumn('from_session_id', 'text', (column) => column.notNull())
        .addColumn('from_user_id', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('priority', 'text', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('team_messages_by_team')
        .on('team_messages')
        .columns(['owner', 'team_id', 'created_at', 'message_id'])
        .execute();
      await db.schema
        .createIndex('team_messages_by_session')
        .on('team_messages')
        .columns(['from_session_id'])
        .execute();
    },
  },
  {
    name: '0033_team_messages_by_age',
    async up(db: Kysely<never>): Promise<void> {
      await db.schema.createIndex('team_messages_by_age').on('team_messages').column('created_at').execute();
    },
  },
];

/** What the members of each team have said. Teams of different owners are different teams, whatever their id. */
@Injectable()
export class TeamMessageStore {
  readonly #db: Kysely<TeamMessageTables>;

  constructor(
    @Inject(Database) database: Database,
    @Inject(UserDataErasers) erasers: UserDataErasers,
    @Inject(RetentionService) retention: RetentionService,
    @Inject(CONFIG) config: JigaConfig,
  ) {
    this.#db = database.tables<TeamMessageTables>();
    retention.add({
      name: 'team messages',
      ttlMs: config.retention.teamMessagesMs,
      remove: (before, limit) => this.#removeBefore(before, limit),
    });
    erasers.add('team_messages', ({ sessionIds }) => this.forgetSessions(sessionIds));
  }

  async add(owner: string, message: TeamMessage): Promise<void> {
    await this.#db
      .insertInto('team_messages')
      .values({ ...message, owner })
      .execute();
  }

  /** Newest first, before the given place, at most `limit`. */
  async list(owner: string, teamId: string, limit: number, before?: MessagePosition): Promise<TeamMessage[]> {
    let query = this.#db
      .selectFrom('team_messages')
      .select(['message_id', 'team_id', 'from_session_id', 'from_user_id', 'text', 'priority', 'created_at'])
      .where('owner', '=', owner)
      .where('team_id', '=', teamId);
    if (before) {
      query = query.where((is) =>
        is.or([
          is('created_at', '<', before.createdAt),
          is.and([is('created_at', '=', before.createdAt), is('message_id', '<', before.id)]),
        ]),
      );
    }
    return query.orderBy('created_at', 'desc').orderBy('message_id', 'desc').limit(limit).execute();
  }

  /** Removes what these sessions have said; resolves to how many messages there were. */
  async forgetSessions(sessionIds: readonly string[]): Promise<number> {
    return removeInParts(sessionIds, (part) =>
      this.#db.deleteFrom('team_messages').where('from_session_id', 'in', part).execute(),
    );
  }

  async #removeBefore(before: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('team_messages')
      .where('message_id', 'in', (query) =>
        query
          .selectFrom('team_messages')
          .select('message_id')
          .where('created_at', '<', before)
          .orderBy('created_at')
          .limit(limit),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}
