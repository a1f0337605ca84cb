import { Inject, Injectable } from '@nestjs/common';
import type { Insertable, Kysely } from 'kysely';

import { Database } from '../storage/database.js';
import type { AuditEntry, AuditFilter, AuditPosition, AuditStore } from './audit.store.js';
import type { AuditRow, AuditTables } from './audit.tables.js';

/** The audit trail in whichever database the server runs on. */
@Injectable()
export class KyselyAuditStore implements AuditStore {
  readonly #db: Kysely<AuditTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<AuditTables>();
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#db
      .insertInto('audit_entries')
      .values(entries.map(toRow))
      .onConflict((on) => on.column('id').doNothing())
      .execute();
  }

  async removeBefore(before: number, limit: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('audit_entries')
      .where('id', 'in', (query) =>
        query.selectFrom('audit_entries').select('id').where('at', '<', before).orderBy('at').limit(limit),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async list(filter: AuditFilter, limit: number, after?: AuditPosition): Promise<AuditEntry[]> {
    let query = this.#db.selectFrom('audit_entries').selectAll();
    if (filter.action !== undefined) query = query.where('action', '=', filter.action);
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    if (filter.target !== undefined) query = query.where('target', '=', filter.target);
    if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
    if (filter.until !== undefined) query = query.where('at', '<', filter.until);
    if (after) {
      query = query.where((eb) => eb(eb.refTuple('at', 'id'), '<', eb.tuple(after.at, after.id)));
    }
    const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toEntry);
  }
}

function toRow(entry: AuditEntry): Insertable<AuditRow> {
  const { id, at, action, actor, target, requestId, remoteAddress, detail } = entry;
  return {
    id,
    at,
    action,
    actor,
    target,
    request_id: requestId,
    remote_address: remoteAddress,
    detail: JSON.stringify(detail),
  };
}

function toEntry(row: AuditRow): AuditEntry {
  const { id, at, action, actor, target, request_id: requestId, remote_address: remoteAddress, detail } = row;
  return {
    id,
    at,
    action,
    actor,
    target,
    requestId,
    remoteAddress,
    detail: JSON.parse(detail) as AuditEntry['detail'],
  };
}
