import { Inject, Injectable, Logger } from '@nestjs/common';

import { CLOCK, newId, unixSeconds } from '@jiga/contracts';
import type { CancelTimer, Clock, PublicEvent } from '@jiga/contracts';
import { CONFIG, Metrics, UserDataErasers, type JigaConfig } from '@jiga/platform';

import { WebhookDirectory } from './webhook-directory.js';
import type { Delivery, Webhook } from './webhook.js';
import { WEBHOOK_STORE, type WebhookStore } from './webhook.store.js';

/** Events wait this long at most before they are written, so that a burst is one transaction. */
const FLUSH_AFTER_MS = 20;
const FLUSH_AT = 500;
/** While the database is slow or away; beyond it events are dropped and counted. */
const BUFFER_MAX = 20_000;

/**
 * Between events and deliveries: for each receiver of an event one delivery is written down, in batches. From then on
 * it outlives the process.
 */
@Injectable()
export class WebhookOutbox {
  readonly #log = new Logger(WebhookOutbox.name);
  readonly #pending = new Map<string, number>();
  readonly #dropped: { add(labels: { readonly reason: string }): void };
  #buffer: Delivery[] = [];
  #position = 0;
  #cancelFlush: CancelTimer | null = null;
  #flushing: Promise<void> | null = null;
  #onStored: (webhookIds: ReadonlySet<string>) => void = () => {};

  constructor(
    @Inject(WEBHOOK_STORE) private readonly store: WebhookStore,
    @Inject(WebhookDirectory) private readonly directory: WebhookDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'webhooks'>,
    @Inject(Metrics) metrics: Metrics,
    @Inject(UserDataErasers) erasers: UserDataErasers,
  ) {
    erasers.add('webhook_deliveries', async ({ sessionIds }) => {
      await this.flush();
      const forgotten = await store.forgetSessions(sessionIds);
      // Some of them were pending, and would take up room for ever.
      if (forgotten > 0) await this.#countPending();
      return forgotten;
    });
    this.#dropped = metrics.counter('jiga_webhook_dropped_total', 'Events that a webhook had no room for.', ['reason']);
  }

  /** Deliveries that are not written yet. */
  get depth(): number {
    return this.#buffer.length;
  }

  /** @param onStored told which webhooks have something new in the store */
  async open(onStored: (webhookIds: ReadonlySet<string>) => void): Promise<void> {
    this.#onStored = onStored;
    await this.#countPending();
  }

  /** Takes note of an event for everybody who wants it. Returns at once. */
  accept(event: PublicEvent): void {
    const receivers = this.directory.receiversOf(event);
    if (receivers.length === 0) return;
    const body = JSON.stringify(event);
    for (const webhook of receivers) this.#enqueue(webhook, event, body);
    if (this.#buffer.length >= FLUSH_AT) void this.flush();
    else this.#cancelFlush ??= this.clock.after(FLUSH_AFTER_MS, () => void this.flush());
  }

  /** A delivery of `event` that is not in the store yet, due at once. */
  deliveryOf(webhook: Webhook, event: PublicEvent, body: string): Delivery {
    const now = unixSeconds(this.clock);
    this.#position = Math.max(this.#position + 1, Math.floor(this.clock.nowMs() * 1000));
    return {
      id: newId('delivery'),
      position: this.#position,
      webhookId: webhook.id,
      eventId: event.event_id,
      eventType: event.type,
      sessionId: event.session_id,
      body,
      state: 'pending',
      reason: null,
      tries: 0,
      attempts: [],
      nextAttemptAt: now,
      createdAt: now,
      finishedAt: null,
    };
  }

  /** One more (or less) delivery is pending for this webhook. */
  notePending(webhookId: string, by: 1 | -1): void {
    this.#pending.set(webhookId, Math.max(0, (this.#pending.get(webhookId) ?? 0) + by));
  }

  /** Nothing is pending for this webhook any more. */
  noteNonePending(webhookId: string): void {
    this.#pending.delete(webhookId);
  }

  /** Writes what is buffered; resolves when it is in the store, or could not be written for now. */
  async flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    while (this.#flushing) await this.#flushing;
    if (this.#buffer.length === 0) return;
    this.#flushing = this.#write().finally(() => (this.#flushing = null));
    await this.#flushing;
  }

  async #write(): Promise<void> {
    const batch = this.#buffer;
    this.#buffer = [];
    // A webhook may have been removed since; its row is then missing and would fail the whole batch.
    const kept = batch.filter(({ webhookId }) => this.directory.find(webhookId));
    try {
      await this.store.addDeliveries(kept);
      this.#onStored(new Set(kept.map(({ webhookId }) => webhookId)));
    } catch (error) {
      this.#log.error('Could not write webhook deliveries', { err: error, deliveries: kept.length });
      this.#buffer = [...kept, ...this.#buffer];
      this.#cancelFlush ??= this.clock.after(1000, () => void this.flush());
    }
  }

  async #countPending(): Promise<void> {
    const stored = await this.store.countPending();
    this.#pending.clear();
    for (const [webhookId, count] of stored) this.#pending.set(webhookId, count);
    for (const { webhookId } of this.#buffer) this.notePending(webhookId, 1);
  }

  #enqueue(webhook: Webhook, event: PublicEvent, body: string): void {
    if (this.#buffer.length >= BUFFER_MAX) return this.#dropped.add({ reason: 'buffer_full' });
    if ((this.#pending.get(webhook.id) ?? 0) >= this.config.webhooks.pendingPerWebhookMax) {
      return this.#dropped.add({ reason: 'too_many_pending' });
    }
    this.notePending(webhook.id, 1);
    this.#buffer.push(this.deliveryOf(webhook, event, body));
  }
}
