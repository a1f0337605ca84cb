import { Inject, Injectable } from '@nestjs/common';

import { AppError, CLOCK, isEventTypeFilter, newId, PUBLIC_EVENT_TYPES, unixSeconds } from '@jiga/contracts';
import type { Clock, FieldError, PublicEvent } from '@jiga/contracts';
import { CONFIG, type JigaConfig } from '@jiga/platform';

import { dead, queuedAgain } from './delivery-outcome.js';
import { checkTargetUrl, TargetRefused } from './sending/target-address.js';
import { WebhookDispatcher } from './sending/webhook-dispatcher.js';
import { newSecret } from './signature.js';
import { WebhookDirectory } from './webhook-directory.js';
import { WebhookOutbox } from './webhook-outbox.js';
import type { Delivery, Webhook } from './webhook.js';
import { WEBHOOK_STORE, type DeliveryFilter, type WebhookStore } from './webhook.store.js';

/** Every result of every frame is far more than a webhook wants, so it must be asked for by name. */
export const DEFAULT_EVENT_TYPES: readonly string[] = Object.keys(PUBLIC_EVENT_TYPES).filter(
  (type) => type !== 'analysis',
);
const DEFAULT_OVERLAP_S = 86_400;

export interface WebhookRequest {
  readonly url: string;
  readonly description?: string | null;
  readonly eventTypes?: readonly string[];
  readonly sessionId?: string | null;
}

export interface WebhookChanges extends Partial<WebhookRequest> {
  readonly isEnabled?: boolean;
}

/** Registering webhooks and looking after their deliveries. */
@Injectable()
export class WebhooksService {
  constructor(
    @Inject(WEBHOOK_STORE) private readonly store: WebhookStore,
    @Inject(WebhookDirectory) private readonly directory: WebhookDirectory,
    @Inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @Inject(WebhookDispatcher) private readonly dispatcher: WebhookDispatcher,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'webhooks'>,
  ) {}

  /** Throws AppError `validation_failed` or `webhook_limit`. */
  async create(owner: string, request: WebhookRequest): Promise<Webhook> {
    this.#check(request);
    const { max } = this.config.webhooks;
    if (this.directory.size >= max)
      throw new AppError('webhook_limit', `There are ${max} webhooks, which is the limit.`);
    const now = unixSeconds(this.clock);
    const webhook: Webhook = {
      id: newId('webhook'),
      owner,
      url: request.url,
      description: request.description ?? null,
      eventTypes: request.eventTypes ?? DEFAULT_EVENT_TYPES,
      sessionId: request.sessionId ?? null,
      isEnabled: true,
      disabledReason: null,
      secret: newSecret(),
      previousSecret: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.directory.add(webhook);
    return webhook;
  }

  /** Newest first, of those made before `before`, at most `limit`. */
  list(limit: number, before?: { readonly createdAt: number; readonly id: string }): Webhook[] {
    const isAfter = (a: Webhook, b: { readonly createdAt: number; readonly id: string }): boolean =>
      a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;
    const newestFirst = [...this.directory.all()].sort((a, b) => (isAfter(a, b) ? 1 : -1));
    return newestFirst.filter((webhook) => !before || isAfter(webhook, before)).slice(0, limit);
  }

  /** Throws AppError `webhook_not_found`. */
  get(id: string): Webhook {
    const webhook = this.directory.find(id);
    if (!webhook) throw new AppError('webhook_not_found');
    return webhook;
  }

  /** Throws AppError `webhook_not_found` or `validation_failed`. */
  async change(id: string, changes: WebhookChanges): Promise<Webhook> {
    const webhook = this.get(id);
    this.#check(changes);
    const { isEnabled, ...settings } = changes;
    const changed: Webhook = {
      ...webhook,
      ...settings,
      ...(isEnabled === undefined ? {} : { isEnabled, disabledReason: isEnabled ? null : 'paused' }),
      updatedAt: unixSeconds(this.clock),
    };
    await this.directory.replace(changed);
    this.dispatcher.wake([id]);
    return changed;
  }

  /** With all its deliveries. Throws AppError `webhook_not_found`. */
  async remove(id: string): Promise<void> {
    this.get(id);
    await this.directory.remove(id);
    this.dispatcher.forget(id);
    this.outbox.noteNonePending(id);
  }

  /** A new secret; the old one signs as well for a while. Throws AppError `webhook_not_found`. */
  async rotateSecret(id: string, overlapS = DEFAULT_OVERLAP_S): Promise<Webhook> {
    const webhook = this.get(id);
    const now = unixSeconds(this.clock);
    const previousSecret = overlapS > 0 ? { secret: webhook.secret, until: now + overlapS } : null;
    const rotated: Webhook = { ...webhook, secret: newSecret(), previousSecret, updatedAt: now };
    await this.directory.replace(rotated);
    return rotated;
  }

  /** Sends a `webhook.ping` now, once, and tells what became of it. Throws AppError `webhook_not_found`. */
  async test(id: string): Promise<Delivery> {
    const webhook = this.get(id);
    const timestamp = unixSeconds(this.clock);
    const event: PublicEvent = {
      event_id: newId('event'),
      type: 'webhook.ping',
      timestamp,
      session_id: null,
      data: { webhook_id: id },
    };
    const delivery = this.outbox.deliveryOf(webhook, event, JSON.stringify(event));
    // Not due by itself: the lane must not take what is being sent here.
    await this.store.addDeliveries([{ ...dead(delivery, 'test_failed', timestamp) }]);
    const attempted = await this.dispatcher.attempt(webhook, delivery);
    if (attempted.state !== 'pending') return attempted;
    const failed = dead(attempted, 'test_failed', unixSeconds(this.clock));
    await this.store.settle(failed);
    return failed;
  }

  deliveries(filter: DeliveryFilter, limit: number, before?: number): Promise<Delivery[]> {
    if (filter.webhookId !== undefined) this.get(filter.webhookId);
    return this.store.listDeliveries(filter, limit, before);
  }

  /** Sends a delivery again, whatever became of it. Throws AppError `webhook_not_found`, `delivery_not_found` or `webhook_disabled`. */
  async redeliver(id: string, deliveryId: string): Promise<Delivery> {
    const webhook = this.get(id);
    if (!webhook.isEnabled) throw new AppError('webhook_disabled');
    const delivery = await this.store.findDelivery(id, deliveryId);
    if (!delivery) throw new AppError('delivery_not_found');
    const again = queuedAgain(delivery, unixSeconds(this.clock));
    await this.store.requeue(again);
    if (delivery.state !== 'pending') this.outbox.notePending(id, 1);
    this.dispatcher.wake([id]);
    return again;
  }

  #check({ url, eventTypes }: Partial<WebhookRequest>): void {
    const fields: FieldError[] = [];
    if (url !== undefined) {
      try {
        checkTargetUrl(url, this.config.webhooks.allowedHosts);
      } catch (error) {
        if (!(error instanceof TargetRefused)) throw error;
        fields.push({ pointer: '/url', code: 'not_allowed', detail: error.message });
      }
    }
    for (const [index, type] of (eventTypes ?? []).entries()) {
      if (isEventTypeFilter(type)) continue;
      fields.push({ pointer: `/event_types/${index}`, code: 'not_allowed', detail: `${type} is not an event type` });
    }
    if (fields.length > 0) throw new AppError('validation_failed', fields[0]?.detail, { fields });
  }
}
