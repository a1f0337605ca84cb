import { Inject, Injectable } from '@nestjs/common';
import type { Insertable, Kysely, Transaction } from 'kysely';

import { SessionState } from '@jiga/contracts';
import { Database } from '@jiga/platform';

import { step } from '../lifecycle/session-state.js';
import type { SessionMetricsSnapshot } from '../metrics/session-metrics.js';
import type { SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionFilter, SessionPosition, SessionStore } from '../session.store.js';
import type { SessionRow, SessionTables } from './session.tables.js';

/** Sessions in whichever database the server runs on. */
@Injectable()
export class KyselySessionStore implements SessionStore {
  readonly #db: Kysely<SessionTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<SessionTables>();
  }

  async insert(record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await trx.insertInto('sessions').values(toRow(record)).execute();
      await trx
        .insertInto('session_transitions')
        .values(toTransitionRows(record.id, transitions, 0))
        .execute();
    });
  }

  async takeBack(record: SessionRecord): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      // To write the same row waits for whoever is about to commit it; a removal alone would not see that one.
      await trx
        .insertInto('sessions')
        .values(toRow(record))
        .onConflict((on) => on.column('id').doNothing())
        .execute();
      await trx.deleteFrom('sessions').where('id', '=', record.id).execute();
    });
  }

  async update(record: SessionRecord, transitions: readonly SessionTransition[], before: number): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      const { id, ...rest } = toRow(record);
      await trx.updateTable('sessions').set(rest).where('id', '=', id).execute();
      if (transitions.length === 0) return;
      await trx
        .insertInto('session_transitions')
        .values(toTransitionRows(id, transitions, before))
        .onConflict((on) => on.columns(['session_id', 'position']).doNothing())
        .execute();
    });
  }

  async keepMetrics(figures: ReadonlyMap<string, SessionMetricsSnapshot>): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for (const [id, snapshot] of figures) {
        await trx
          .updateTable('sessions')
          .set({ metrics: JSON.stringify(snapshot) })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .execute();
      }
    });
  }

  async find(id: string): Promise<SessionRecord | null> {
    const row = await this.#db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async list(filter: SessionFilter, limit: number, after?: SessionPosition): Promise<SessionRecord[]> {
    let query = this.#db.selectFrom('sessions').selectAll();
    if (filter.owner !== undefined) query = query.where('owner', '=', filter.owner);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId);
    if (filter.videoInputSource !== undefined) query = query.where('video_input_source', '=', filter.videoInputSource);
    if (filter.teamId !== undefined) query = query.where('team_id', '=', filter.teamId);
    if (after) {
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)));
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toRecord);
  }

  async transitionsOf(id: string): Promise<SessionTransition[]> {
    const rows = await this.#db
      .selectFrom('session_transitions')
      .selectAll()
      .where('session_id', '=', id)
      .orderBy('position')
      .execute();
    return rows.map(({ at, from_state, to_state, reason }) => ({
      at,
      from: from_state as SessionState | null,
      to: to_state as SessionState,
      reason,
    }));
  }

  async endedBefore(at: number, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select('id')
      .where('ended_at', '<', at)
      .orderBy('ended_at')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  async idsOfUser(userId: string, owner: string | null, limit: number): Promise<string[]> {
    let query = this.#db.selectFrom('sessions').select('id').where('user_id', '=', userId).limit(limit);
    if (owner !== null) query = query.where('owner', '=', owner);
    return (await query.execute()).map(({ id }) => id);
  }

  async remove(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { numDeletedRows } = await this.#db.deleteFrom('sessions').where('id', 'in', ids).executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async endInterrupted(at: number, reason: string): Promise<SessionRecord[]> {
    return this.#db.transaction().execute(async (trx) => {
      const ended = [SessionState.CLOSED, SessionState.ERROR];
      const rows = await trx.selectFrom('sessions').selectAll().where('state', 'not in', ended).execute();
      const records = rows.map(toRecord);
      for (const record of records) {
        // The server died without passing through `closing`: the record says `closed`, the history how.
        const closing =
          record.state === SessionState.CLOSING ? record : step(record, SessionState.CLOSING, reason, at).record;
        const closed = withoutSockets(step(closing, SessionState.CLOSED, reason, at).record);
        await trx.updateTable('sessions').set(toRow(closed)).where('id', '=', record.id).execute();
        await addTransition(trx, record.id, { at, from: record.state, to: SessionState.CLOSED, reason });
      }
      return records;
    });
  }
}

/** The sockets of a server that died are closed, whatever its last figures say. */
const withoutSockets = (record: SessionRecord): SessionRecord =>
  record.metrics
    ? { ...record, metrics: { ...record.metrics, sockets: { ...record.metrics.sockets, open: 0 } } }
    : record;

/** After those that are kept, whatever their number. */
async function addTransition(
  trx: Transaction<SessionTables>,
  sessionId: string,
  transition: SessionTransition,
): Promise<void> {
  const { last } = await trx
    .selectFrom('session_transitions')
    .select(({ fn }) => fn.max('position').as('last'))
    .where('session_id', '=', sessionId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('session_transitions')
    .values(toTransitionRows(sessionId, [transition], last ?? 0))
    .execute();
}

function toTransitionRows(
  sessionId: string,
  transitions: readonly SessionTransition[],
  before: number,
): Insertable<SessionTables['session_transitions']>[] {
  return transitions.map(({ at, from, to, reason }, index) => ({
    session_id: sessionId,
    position: before + index + 1,
    at,
    from_state: from,
    to_state: to,
    reason,
  }));
}

function toRow(record: SessionRecord): Insertable<SessionTables['sessions']> {
  return {
    id: record.id,
    owner: record.owner,
    credential_id: record.credentialId,
    user_id: record.configuration.user_id,
    team_id: record.configuration.team_id,
    video_input_source: record.configuration.video_input_source,
    state: record.state,
    reason: record.reason,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    ended_at: record.endedAt,
    configuration: JSON.stringify(record.configuration),
    failure: record.failure && JSON.stringify(record.failure),
    metrics: record.metrics && JSON.stringify(record.metrics),
    recreated_from: record.recreatedFrom,
  };
}

function toRecord(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    owner: row.owner,
    credentialId: row.credential_id,
    configuration: JSON.parse(row.configuration) as SessionRecord['configuration'],
    state: row.state as SessionState,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
    failure: row.failure === null ? null : (JSON.parse(row.failure) as SessionRecord['failure']),
    metrics: row.metrics === null ? null : (JSON.parse(row.metrics) as SessionRecord['metrics']),
    recreatedFrom: row.recreated_from,
  };
}
