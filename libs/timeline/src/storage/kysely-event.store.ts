import { Inject, Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Insertable, Kysely } from 'kysely';

import { Database } from '@jiga/platform';

import type { EventQuery, EventRow, EventStore, ExpiryQuery } from '../event.store.js';
import type { TimelineEntry } from '../timeline-entry.js';
import type { EventTableRow, EventTables } from './event.tables.js';

/** Rows a statement inserts, largest first: few sizes, so that few statements are prepared and used again. */
const INSERT_SIZES = [64, 8, 1];

/** Timelines in whichever database the server runs on. */
@Injectable()
export class KyselyEventStore implements EventStore {
  readonly #db: Kysely<EventTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<EventTables>();
  }

  async append(rows: readonly EventRow[]): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for (const part of inParts(rows.map(toRow))) {
        await trx
          .insertInto('session_events')
          .values(part)
          .onConflict((on) => on.columns(['session_id', 'sequence']).doNothing())
          .execute();
      }
    });
  }

  async read(sessionId: string, { after, limit, types, since }: EventQuery): Promise<TimelineEntry[]> {
    let query = this.#db
      .selectFrom('session_events')
      .selectAll()
      .where('session_id', '=', sessionId)
      .where('sequence', '>', after);
    if (since !== null) query = query.where('at', '>=', since);
    if (types !== null) query = query.where((where) => ofTypes(where, types));
    const rows = await query.orderBy('sequence').limit(limit).execute();
    return rows.map(toEntry);
  }

  async sequenceOf(sessionId: string, eventId: string): Promise<number | null> {
    const row = await this.#db
      .selectFrom('session_events')
      .select('sequence')
      .where('event_id', '=', eventId)
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    return row?.sequence ?? null;
  }

  async lastSequence(sessionId: string): Promise<number> {
    const { last } = await this.#db
      .selectFrom('session_events')
      .select(({ fn }) => fn.max('sequence').as('last'))
      .where('session_id', '=', sessionId)
      .executeTakeFirstOrThrow();
    return last ?? 0;
  }

  async removeExpired({ before, type, limit }: ExpiryQuery): Promise<number> {
    let expired = this.#db.selectFrom('session_events').select(['session_id', 'sequence']).where('at', '<', before);
    if (type !== null) expired = expired.where('type', '=', type);
    const { numDeletedRows } = await this.#db
      .deleteFrom('session_events')
      .where((where) =>
        where(where.refTuple('session_id', 'sequence'), 'in', expired.limit(limit).$asTuple('session_id', 'sequence')),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async removeSessions(sessionIds: readonly string[]): Promise<number> {
    if (sessionIds.length === 0) return 0;
    const { numDeletedRows } = await this.#db
      .deleteFrom('session_events')
      .where('session_id', 'in', sessionIds)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }
}

/** Types that are named, and families by the range that their prefix spans. */
function ofTypes(where: ExpressionBuilder<EventTables, 'session_events'>, types: readonly string[]) {
  const families = types.filter((type) => type.endsWith('.*')).map((type) => `${type.slice(0, -1)}%`);
  const exact = types.filter((type) => !type.endsWith('.*'));
  return where.or([
    ...(exact.length > 0 ? [where('type', 'in', exact)] : []),
    ...families.map((pattern) => where('type', 'like', pattern)),
  ]);
}

function inParts<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < rows.length;) {
    const left = rows.length - at;
    const size = INSERT_SIZES.find((candidate) => candidate <= left) ?? 1;
    parts.push(rows.slice(at, at + size));
    at += size;
  }
  return parts;
}

const toRow = ({ entry: { sequence, event }, json }: EventRow): Insertable<EventTableRow> => ({
  session_id: event.session_id,
  sequence,
  event_id: event.event_id,
  type: event.type,
  at: event.timestamp,
  data: json,
});

const toEntry = (row: EventTableRow): TimelineEntry => ({
  sequence: row.sequence,
  event: {
    event_id: row.event_id,
    type: row.type,
    timestamp: row.at,
    session_id: row.session_id,
    data: JSON.parse(row.data) as object,
  },
});
