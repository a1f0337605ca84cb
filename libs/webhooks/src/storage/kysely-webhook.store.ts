import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';

import { Database, removeInParts } from '@jiga/platform';

import type { Delivery, Webhook } from '../webhook.js';
import type { Claim, DeliveryFilter, WebhookStore } from '../webhook.store.js';
import { sessionKey, toDelivery, toDeliveryRow, toWebhook, toWebhookRow } from './webhook.rows.js';
import type { WebhookTables } from './webhook.tables.js';

/** SQLite takes at most 32,766 parameters a statement; a delivery has 15. */
const ROWS_AT_ONCE = 500;

/** Webhooks in whichever database the server runs on. */
@Injectable()
export class KyselyWebhookStore implements WebhookStore {
  readonly #db: Kysely<WebhookTables>;

  constructor(@Inject(Database) database: Database) {
    this.#db = database.tables<WebhookTables>();
  }

  async insert(webhook: Webhook): Promise<void> {
    await this.#db.insertInto('webhooks').values(toWebhookRow(webhook)).execute();
  }

  async update(webhook: Webhook): Promise<void> {
    const { id, ...rest } = toWebhookRow(webhook);
    await this.#db.updateTable('webhooks').set(rest).where('id', '=', id).execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await trx.deleteFrom('webhook_deliveries').where('webhook_id', '=', id).execute();
      await trx.deleteFrom('webhooks').where('id', '=', id).execute();
    });
  }

  async find(id: string): Promise<Webhook | null> {
    const row = await this.#db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toWebhook(row) : null;
  }

  async list(): Promise<Webhook[]> {
    const rows = await this.#db.selectFrom('webhooks').selectAll().orderBy('created_at').orderBy('id').execute();
    return rows.map(toWebhook);
  }

  async addDeliveries(deliveries: readonly Delivery[]): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      for (let start = 0; start < deliveries.length; start += ROWS_AT_ONCE) {
        const rows = deliveries.slice(start, start + ROWS_AT_ONCE).map(toDeliveryRow);
        await trx
          .insertInto('webhook_deliveries')
          .values(rows)
          .onConflict((on) => on.column('id').doNothing())
          .execute();
      }
    });
  }

  async claim({ webhookId, now, until, exceptSessions }: Claim): Promise<Delivery | null> {
    let due = this.#db
      .selectFrom('webhook_deliveries')
      .select('id')
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .where('next_attempt_at', '<=', now)
      .where((is) => is.or([is('claimed_until', 'is', null), is('claimed_until', '<=', now)]));
    if (exceptSessions.length > 0) due = due.where('session_id', 'not in', exceptSessions.map(sessionKey));
    const row = await this.#db
      .updateTable('webhook_deliveries')
      .set({ claimed_until: until })
      .where('id', 'in', due.orderBy('position').limit(1))
      // Said again: of two that chose the same row at once, the second finds it taken.
      .where((is) => is.or([is('claimed_until', 'is', null), is('claimed_until', '<=', now)]))
      .where('state', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row ? toDelivery(row) : null;
  }

  async settle(delivery: Delivery): Promise<boolean> {
    const { id, ...rest } = toDeliveryRow(delivery);
    const { numUpdatedRows } = await this.#db
      .updateTable('webhook_deliveries')
      .set(rest)
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .executeTakeFirstOrThrow();
    if (delivery.state === 'pending') return false;
    if (numUpdatedRows > 0n) return true;
    await this.#write(delivery);
    return false;
  }

  requeue(delivery: Delivery): Promise<void> {
    return this.#write(delivery);
  }

  async nextDueAt(webhookId: string): Promise<number | null> {
    const rows = await this.#db
      .selectFrom('webhook_deliveries')
      .select(({ fn }) => [fn.min('next_attempt_at').as('due'), 'claimed_until'])
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .groupBy('claimed_until')
      .execute();
    const times = rows.map(({ due, claimed_until }) => Math.max(Number(due), claimed_until ?? 0));
    return times.length > 0 ? Math.min(...times) : null;
  }

  async countPending(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .selectFrom('webhook_deliveries')
      .select(({ fn }) => ['webhook_id', fn.countAll().as('pending')])
      .where('state', '=', 'pending')
      .groupBy('webhook_id')
      .execute();
    return new Map(rows.map(({ webhook_id, pending }) => [webhook_id, Number(pending)]));
  }

  async findDelivery(webhookId: string, id: string): Promise<Delivery | null> {
    const row = await this.#db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('id', '=', id)
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst();
    return row ? toDelivery(row) : null;
  }

  async listDeliveries({ webhookId, state }: DeliveryFilter, limit: number, before?: number): Promise<Delivery[]> {
    let query = this.#db.selectFrom('webhook_deliveries').selectAll();
    if (webhookId !== undefined) query = query.where('webhook_id', '=', webhookId);
    if (state !== undefined) query = query.where('state', '=', state);
    if (before !== undefined) query = query.where('position', '<', before);
    const rows = await query.orderBy('position', 'desc').limit(limit).execute();
    return rows.map(toDelivery);
  }

  async buryPending(webhookId: string, reason: string, now: number): Promise<void> {
    await this.#db
      .updateTable('webhook_deliveries')
      .set({ state: 'dead', reason, next_attempt_at: null, finished_at: now })
      .where('webhook_id', '=', webhookId)
      .where('state', '=', 'pending')
      .execute();
  }

  async prune(finishedBefore: number): Promise<void> {
    await this.#db.deleteFrom('webhook_deliveries').where('finished_at', '<', finishedBefore).execute();
  }

  async forgetSessions(sessionIds: readonly string[]): Promise<number> {
    return removeInParts(sessionIds, (part) =>
      this.#db.deleteFrom('webhook_deliveries').where('session_id', 'in', part).execute(),
    );
  }

  async #write(delivery: Delivery): Promise<void> {
    const { id, ...rest } = toDeliveryRow(delivery);
    await this.#db.updateTable('webhook_deliveries').set(rest).where('id', '=', id).execute();
  }
}
