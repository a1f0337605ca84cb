import { Inject, Injectable, Logger } from '@nestjs/common';

import { unixSeconds } from '@jiga/contracts';
import type { CancelTimer } from '@jiga/contracts';
import { CONFIG, Metrics, type JigaConfig } from '@jiga/platform';

import { afterAttempt } from '../delivery-outcome.js';
import { signedHeaders } from '../signature.js';
import { WebhookDirectory } from '../webhook-directory.js';
import { WebhookOutbox } from '../webhook-outbox.js';
import type { Delivery, Webhook } from '../webhook.js';
import { WEBHOOK_STORE, type WebhookStore } from '../webhook.store.js';
import { HttpSender } from './http-sender.js';
import { Lane } from './lane.js';
import { WEBHOOK_SENDING, type WebhookSending } from './webhook-sending.js';

const LOOK_EVERY_MS = 60_000;
const PRUNE_EVERY_MS = 3_600_000;
/** On top of the longest attempt, before a delivery may be taken by somebody else. */
const LEASE_MARGIN_MS = 20_000;

/** Sends what is due, each webhook on a lane of its own, and writes down what became of it. */
@Injectable()
export class WebhookDispatcher {
  readonly #log = new Logger(WebhookDispatcher.name);
  readonly #lanes = new Map<string, Lane>();
  readonly #stopping = new AbortController();
  readonly #sender: HttpSender;
  readonly #count;
  readonly #duration;
  readonly #timers: CancelTimer[] = [];

  constructor(
    @Inject(WEBHOOK_STORE) private readonly store: WebhookStore,
    @Inject(WebhookDirectory) private readonly directory: WebhookDirectory,
    @Inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @Inject(WEBHOOK_SENDING) private readonly sending: WebhookSending,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'webhooks'>,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const { timeoutMs, allowedHosts } = config.webhooks;
    this.#sender = new HttpSender({ clock: sending.clock, timeoutMs, allowedHosts, resolve: sending.resolve });
    this.#count = metrics.counter('jiga_webhook_attempts_total', 'Attempts to deliver a webhook.', ['outcome']);
    this.#duration = metrics.duration('jiga_webhook_attempt_duration_seconds', 'How long receivers take.', ['outcome']);
  }

  start(): void {
    this.wakeAll();
    const { clock } = this.sending;
    this.#timers.push(clock.every(LOOK_EVERY_MS, () => this.wakeAll()));
    this.#timers.push(clock.every(PRUNE_EVERY_MS, () => void this.#prune()));
  }

  /** Something may be due for these webhooks. */
  wake(webhookIds: Iterable<string>): void {
    if (this.#stopping.signal.aborted) return;
    for (const id of webhookIds) this.#laneOf(id).wake();
  }

  wakeAll(): void {
    this.wake(this.directory.all().map(({ id }) => id));
  }

  /** The webhook is gone: its lane ends with what is under way. */
  forget(webhookId: string): void {
    const lane = this.#lanes.get(webhookId);
    this.#lanes.delete(webhookId);
    void lane?.close();
  }

  /** Breaks off what is under way, which stays pending for the next start. May be called twice. */
  async stop(): Promise<void> {
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#stopping.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    this.#lanes.clear();
  }

  /** Makes one attempt and writes it down. Returns the delivery as it then is. */
  async attempt(webhook: Webhook, delivery: Delivery): Promise<Delivery> {
    const at = unixSeconds(this.sending.clock);
    const span = this.sending.tracing.span('webhook delivery', 'client', {
      'webhook.id': webhook.id,
      'webhook.event_type': delivery.eventType,
    });
    const headers = {
      ...(span.traceparent !== null && { traceparent: span.traceparent }),
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'JIGA-Webhooks/1.0',
      ...signedHeaders(webhook, delivery.eventId, at, delivery.body),
    };
    const posting = { url: webhook.url, headers, body: delivery.body };
    const result = await this.#sender.post(posting, this.#stopping.signal);
    if (result.error !== null) span.fail(result.error);
    span.end();
    if (result.error === 'stopped') {
      await this.store.settle(delivery);
      return delivery;
    }
    const schedule = { delaysMs: this.config.webhooks.retryDelaysMs, random: this.sending.random };
    const next = afterAttempt(delivery, result, at, unixSeconds(this.sending.clock), schedule);
    await this.#record(webhook, next, result.durationMs);
    if (result.status === 410) await this.#disable(webhook);
    return next;
  }

  async #record(webhook: Webhook, delivery: Delivery, durationMs: number): Promise<void> {
    const outcome = delivery.state === 'pending' ? 'retry' : delivery.state;
    this.#count.add({ outcome });
    this.#duration.record({ outcome }, durationMs);
    if (delivery.state === 'dead') {
      const fields = { webhookId: webhook.id, deliveryId: delivery.id, reason: delivery.reason };
      this.#log.warn('Webhook delivery given up', fields);
    }
    if (await this.store.settle(delivery)) this.outbox.notePending(webhook.id, -1);
  }

  async #disable(webhook: Webhook): Promise<void> {
    const now = unixSeconds(this.sending.clock);
    const current = this.directory.find(webhook.id);
    if (!current) return;
    await this.directory.replace({ ...current, isEnabled: false, disabledReason: 'gone', updatedAt: now });
    await this.outbox.flush();
    await this.store.buryPending(webhook.id, 'gone', now);
    this.outbox.noteNonePending(webhook.id);
    this.#log.warn('Webhook disabled: its receiver is gone', { webhookId: webhook.id });
  }

  async #prune(): Promise<void> {
    const before = unixSeconds(this.sending.clock) - this.config.webhooks.retentionMs / 1000;
    await this.store.prune(before).catch((error: unknown) => {
      this.#log.error('Could not prune webhook deliveries', { err: error });
    });
  }

  #laneOf(webhookId: string): Lane {
    const known = this.#lanes.get(webhookId);
    if (known) return known;
    const { clock } = this.sending;
    const lane = new Lane({
      webhookId,
      store: this.store,
      clock,
      concurrency: this.config.webhooks.concurrencyPerWebhook,
      leaseMs: this.config.webhooks.timeoutMs + LEASE_MARGIN_MS,
      isOpen: () => this.directory.find(webhookId)?.isEnabled ?? false,
      deliver: (delivery) => this.#deliver(webhookId, delivery),
      onError: (error) => this.#log.error('Could not read webhook deliveries', { err: error, webhookId }),
    });
    this.#lanes.set(webhookId, lane);
    return lane;
  }

  async #deliver(webhookId: string, delivery: Delivery): Promise<void> {
    const webhook = this.directory.find(webhookId);
    if (!webhook) return;
    try {
      await this.attempt(webhook, delivery);
    } catch (error) {
      // The attempt may have reached the receiver; it comes again when the lease has run out.
      this.#log.error('Could not record a webhook delivery', { err: error, webhookId, deliveryId: delivery.id });
    }
  }
}
