import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';

import { Database } from '../storage/database.js';
import { removeInParts } from '../storage/in-parts.js';
import type { Claim, ClaimResult, IdempotencyStore, RecordedAnswer } from './idempotency.store.js';
import type { IdempotencyTables } from './idempotency.tables.js';

/** Answers dropped in one statement, so that nothing waits long behind it. */
const PRUNE_BATCH = 1_000;
/** Idempotency records in whichever database the server runs on. */
@Injectable()
export class KyselyIdempotencyStore implements IdempotencyStore {
  readonly #db: Kysely<IdempotencyTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<IdempotencyTables>();
  }

  async claim(claim: Claim): Promise<ClaimResult> {
    for (;;) {
      if ((await this.#insert(claim)) || (await this.#takeOver(claim))) return { kind: 'claimed' };
      const row = await this.#db
        .selectFrom('idempotency_records')
        .select(['fingerprint', 'status', 'headers', 'body', 'session_id'])
        .where('key', '=', claim.key)
        .executeTakeFirst();
      // Gone between the two looks: its holder gave it back, so it is to be had.
      if (!row) continue;
      const { fingerprint, status, headers, body, session_id: sessionId } = row;
      if (status === null || headers === null || body === null) return { kind: 'running', fingerprint };
      return {
        kind: 'done',
        fingerprint,
        answer: { status, headers: JSON.parse(headers) as Record<string, string>, body, sessionId },
      };
    }
  }

  async complete(key: string, runner: string, answer: RecordedAnswer): Promise<void> {
    const { status, headers, body, sessionId } = answer;
    await this.#db
      .updateTable('idempotency_records')
      .set({ status, headers: JSON.stringify(headers), body, session_id: sessionId, runner: null })
      .where('key', '=', key)
      .where('runner', '=', runner)
      .execute();
  }

  async release(key: string, runner: string): Promise<void> {
    await this.#db.deleteFrom('idempotency_records').where('key', '=', key).where('runner', '=', runner).execute();
  }

  async renew(runner: string, leaseUntil: number): Promise<void> {
    await this.#db
      .updateTable('idempotency_records')
      .set({ lease_until: leaseUntil })
      .where('runner', '=', runner)
      .execute();
  }

  async releaseAllOf(runners: readonly string[]): Promise<number> {
    if (runners.length === 0) return 0;
    const { numDeletedRows } = await this.#db
      .deleteFrom('idempotency_records')
      .where('runner', 'in', [...runners])
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async runners(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('idempotency_records')
      .select('runner')
      .distinct()
      .where('runner', 'is not', null)
      .execute();
    return rows.flatMap(({ runner }) => runner ?? []);
  }

  async forgetSessions(sessionIds: readonly string[]): Promise<number> {
    return removeInParts(sessionIds, (part) =>
      this.#db.deleteFrom('idempotency_records').where('session_id', 'in', part).execute(),
    );
  }

  async prune(now: number, recordsMax: number): Promise<void> {
    await this.#db.deleteFrom('idempotency_records').where('expires_at', '<=', now).execute();
    for (;;) {
      const { count } = await this.#db
        .selectFrom('idempotency_records')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      const excess = Number(count) - recordsMax;
      if (excess <= 0 || (await this.#dropOldest(Math.min(excess, PRUNE_BATCH))) === 0n) return;
    }
  }

  async #insert({ key, fingerprint, runner, leaseUntil, now, expiresAt }: Claim): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('idempotency_records')
      .values({ key, fingerprint, runner, lease_until: leaseUntil, created_at: now, expires_at: expiresAt })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** In the place of a record that has expired, or of a claim whose holder has not been heard of. */
  async #takeOver({ key, fingerprint, runner, leaseUntil, now, expiresAt }: Claim): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('idempotency_records')
      .set({
        fingerprint,
        runner,
        lease_until: leaseUntil,
        created_at: now,
        expires_at: expiresAt,
        status: null,
        headers: null,
        body: null,
        session_id: null,
      })
      .where('key', '=', key)
      .where((eb) =>
        eb.or([eb('expires_at', '<=', now), eb.and([eb('runner', 'is not', null), eb('lease_until', '<=', now)])]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async #dropOldest(count: number): Promise<bigint> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('idempotency_records')
      .where('key', 'in', (query) =>
        query
          .selectFrom('idempotency_records')
          .select('key')
          .where('runner', 'is', null)
          .orderBy('created_at')
          .limit(count),
      )
      .executeTakeFirst();
    return numDeletedRows;
  }
}
