import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

import { Database, removeInParts } from '@jiga/platform';

import { AMOUNT_NAMES, NOTHING_USED, type UsageAmounts, type UsageRecord } from '../usage.js';
import type { UsageFilter, UsageGroup, UsageStore, UsageSum } from '../usage.store.js';

const COLUMNS = {
  frames: 'frames',
  analyses: 'analyses',
  audioSeconds: 'audio_seconds',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  calls: 'calls',
  costUsd: 'cost_usd',
  unpricedCalls: 'unpriced_calls',
} as const satisfies Readonly<Record<keyof UsageAmounts, string>>;
type AmountColumn = (typeof COLUMNS)[keyof UsageAmounts];

const GROUP_COLUMNS = {
  day: 'day',
  session: 'session_id',
  credential: 'credential_id',
  provider: 'provider',
  model: 'model',
  capability: 'capability',
} as const satisfies Readonly<Record<UsageGroup, string>>;

interface UsageRow extends Record<AmountColumn, number> {
  readonly day: string;
  readonly session_id: string;
  readonly provider: string;
  readonly model: string;
  readonly capability: string;
  readonly owner: string;
  readonly credential_id: string;
  /** What was added to the row last. */
  readonly batch_id: string;
}
interface UsageTables {
  readonly usage_sums: UsageRow;
}

const KEY = ['day', 'session_id', 'provider', 'model', 'capability'] as const;
/** SQLite takes at most 32,766 parameters a statement; a row has 16. */
const ROWS_AT_ONCE = 500;

/** Usage in whichever database the server runs on. */
@Injectable()
export class KyselyUsageStore implements UsageStore {
  readonly #db: Kysely<UsageTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<UsageTables>();
  }

  async add(records: readonly UsageRecord[], batchId: string): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for (let start = 0; start < records.length; start += ROWS_AT_ONCE) {
        const rows = records.slice(start, start + ROWS_AT_ONCE).map((record) => toRow(record, batchId));
        const sums = Object.values(COLUMNS).map((column) => [
          column,
          sql<number>`${sql.ref(`usage_sums.${column}`)} + ${sql.ref(`excluded.${column}`)}`,
        ]);
        await trx
          .insertInto('usage_sums')
          .values(rows)
          .onConflict((conflict) =>
            conflict
              .columns([...KEY])
              .doUpdateSet({ ...Object.fromEntries(sums), batch_id: batchId })
              .where('usage_sums.batch_id', '<>', batchId),
          )
          .execute();
      }
    });
  }

  async sums(
    groups: readonly UsageGroup[],
    filter: UsageFilter,
    limit: number,
    after?: readonly string[],
  ): Promise<UsageSum[]> {
    const columns = groups.map((group) => GROUP_COLUMNS[group]);
    let query = this.#filtered(filter).select(columns).groupBy(columns);
    if (after) {
      const place = sql<boolean>`(${sql.join(columns.map((column) => sql.ref(column)))}) > (${sql.join([...after])})`;
      query = query.where(place);
    }
    for (const column of columns) query = query.orderBy(column);
    const rows = await query.limit(limit).execute();
    return rows.map((row) => ({ keys: columns.map((column) => row[column]), amounts: toAmounts(row) }));
  }

  async total(filter: UsageFilter): Promise<UsageAmounts> {
    const row = await this.#filtered(filter).executeTakeFirst();
    return row ? toAmounts(row) : NOTHING_USED;
  }

  async removeBefore(day: string, sessionsMax: number): Promise<number> {
    const { oldest } = await this.#db
      .selectFrom('usage_sums')
      .select(({ fn }) => fn.min<string | null>('day').as('oldest'))
      .where('day', '<', day)
      .executeTakeFirstOrThrow();
    if (oldest === null) return 0;
    const { numDeletedRows } = await this.#db
      .deleteFrom('usage_sums')
      .where('day', '=', oldest)
      .where('session_id', 'in', (query) =>
        query.selectFrom('usage_sums').select('session_id').distinct().where('day', '=', oldest).limit(sessionsMax),
      )
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async removeSessions(sessionIds: readonly string[]): Promise<number> {
    return removeInParts(sessionIds, (part) =>
      this.#db.deleteFrom('usage_sums').where('session_id', 'in', part).execute(),
    );
  }

  #filtered({ owner, sessionId, from, to }: UsageFilter) {
    let query = this.#db
      .selectFrom('usage_sums')
      .select(({ fn }) => Object.values(COLUMNS).map((column) => fn.sum<number | null>(column).as(`sum_${column}`)));
    if (owner !== undefined) query = query.where('owner', '=', owner);
    if (sessionId !== undefined) query = query.where('session_id', '=', sessionId);
    if (from !== undefined) query = query.where('day', '>=', from);
    if (to !== undefined) query = query.where('day', '<=', to);
    return query;
  }
}

const toRow = (record: UsageRecord, batchId: string): UsageRow => ({
  day: record.day,
  session_id: record.sessionId,
  provider: record.provider,
  model: record.model,
  capability: record.capability,
  owner: record.owner,
  credential_id: record.credentialId,
  batch_id: batchId,
  ...(Object.fromEntries(AMOUNT_NAMES.map((name) => [COLUMNS[name], record[name]])) as Record<AmountColumn, number>),
});

/** The sum of no rows is null. */
const toAmounts = (row: Readonly<Record<string, unknown>>): UsageAmounts =>
  Object.fromEntries(
    AMOUNT_NAMES.map((name) => [name, Number(row[`sum_${COLUMNS[name]}`] ?? 0)]),
  ) as unknown as UsageAmounts;
