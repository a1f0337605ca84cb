import { Inject, Injectable } from '@nestjs/common';
import type { Permission } from '@jiga/contracts';
import type { Insertable, Kysely, Transaction } from 'kysely';

import { Database } from '../storage/database.js';
import { inParts, removeInParts } from '../storage/in-parts.js';
import type { AuthTables, SessionTokenRow } from './auth.tables.js';
import type { SessionTokenPosition, SessionTokenRecord, SessionTokenStore } from './session-token.store.js';

/** Session tokens in whichever database the server runs on. */
@Injectable()
export class KyselySessionTokenStore implements SessionTokenStore {
  readonly #db: Kysely<AuthTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<AuthTables>();
  }

  async insert(record: SessionTokenRecord): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      if (record.parentId !== null && !(await holdToken(trx, record.parentId))) return false;
      await trx.insertInto('session_tokens').values(toRow(record)).execute();
      return true;
    });
  }

  async find(id: string): Promise<SessionTokenRecord | null> {
    const row = await this.#db.selectFrom('session_tokens').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async list(sessionId: string, limit: number, after?: SessionTokenPosition): Promise<SessionTokenRecord[]> {
    let query = this.#db.selectFrom('session_tokens').selectAll().where('session_id', '=', sessionId);
    if (after) {
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)));
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toRecord);
  }

  async revoke(sessionId: string, id: string | null, at: number): Promise<string[]> {
    return this.#db.transaction().execute(async (trx) => {
      const revoked: string[] = [];
      for (;;) {
        const found = id === null ? await revokeAll(trx, sessionId, at) : await revokeLine(trx, sessionId, id, at);
        // What was issued while this waited for its issuer is seen the next time; from then on that issues no more.
        if (found.length === 0) return revoked;
        revoked.push(...found);
      }
    });
  }

  async revokedAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await inParts(ids, (part) =>
      this.#db
        .selectFrom('session_tokens')
        .select('id')
        .where('id', 'in', part)
        .where('revoked_at', 'is not', null)
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  async removeExpired(before: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('session_tokens')
      .where('id', 'in', (query) =>
        query.selectFrom('session_tokens').select('id').where('expires_at', '<', before).limit(limit),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async forgetSessions(sessionIds: readonly string[]): Promise<number> {
    return removeInParts(sessionIds, (part) =>
      this.#db.deleteFrom('session_tokens').where('session_id', 'in', part).execute(),
    );
  }
}

/** Whether the token is not revoked, nor can be until the transaction ends: a write of the row, even of what it says already, keeps others off. */
async function holdToken(trx: Transaction<AuthTables>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('session_tokens')
    .set({ revoked_at: null })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The token and what it issued, and what that issued in turn. */
async function revokeLine(trx: Transaction<AuthTables>, sessionId: string, id: string, at: number): Promise<string[]> {
  const rows = await trx
    .withRecursive('line(id)', (db) =>
      db
        .selectFrom('session_tokens')
        .select('id')
        .where('id', '=', id)
        .where('session_id', '=', sessionId)
        .union(
          db
            .selectFrom('session_tokens')
            .innerJoin('line', 'line.id', 'session_tokens.parent_id')
            .select('session_tokens.id'),
        ),
    )
    .updateTable('session_tokens')
    .set({ revoked_at: at })
    .where('id', 'in', (query) => query.selectFrom('line').select('line.id'))
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

async function revokeAll(trx: Transaction<AuthTables>, sessionId: string, at: number): Promise<string[]> {
  const rows = await trx
    .updateTable('session_tokens')
    .set({ revoked_at: at })
    .where('session_id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

function toRow(record: SessionTokenRecord): Insertable<SessionTokenRow> {
  return {
    id: record.id,
    session_id: record.sessionId,
    permission: record.permission,
    issued_by: record.issuedBy,
    parent_id: record.parentId,
    created_at: record.createdAt,
    expires_at: record.expiresAt,
    revoked_at: record.revokedAt,
  };
}

function toRecord(row: SessionTokenRow): SessionTokenRecord {
  return {
    id: row.id,
    sessionId: row.session_id,
    permission: row.permission as Permission,
    issuedBy: row.issued_by,
    parentId: row.parent_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
