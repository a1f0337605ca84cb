import type { Delivery, DeliveryState, Webhook } from '../webhook.js';
import type { DeliveryRow, WebhookRow } from './webhook.tables.js';

export const sessionKey = (sessionId: string | null): string => sessionId ?? '';

export const toWebhookRow = (webhook: Webhook): WebhookRow => ({
  id: webhook.id,
  owner: webhook.owner,
  url: webhook.url,
  description: webhook.description,
  event_types: JSON.stringify(webhook.eventTypes),
  session_id: webhook.sessionId,
  is_enabled: webhook.isEnabled ? 1 : 0,
  disabled_reason: webhook.disabledReason,
  secret: webhook.secret,
  previous_secret: webhook.previousSecret?.secret ?? null,
  previous_secret_until: webhook.previousSecret?.until ?? null,
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
});

export const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  owner: row.owner,
  url: row.url,
  description: row.description,
  eventTypes: JSON.parse(row.event_types) as Webhook['eventTypes'],
  sessionId: row.session_id,
  isEnabled: row.is_enabled === 1,
  disabledReason: row.disabled_reason as Webhook['disabledReason'],
  secret: row.secret,
  previousSecret:
    row.previous_secret !== null && row.previous_secret_until !== null
      ? { secret: row.previous_secret, until: row.previous_secret_until }
      : null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Not claimed by anybody: whoever writes a row gives it back. */
export const toDeliveryRow = (delivery: Delivery): DeliveryRow => ({
  id: delivery.id,
  position: delivery.position,
  webhook_id: delivery.webhookId,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  session_id: sessionKey(delivery.sessionId),
  body: delivery.body,
  state: delivery.state,
  reason: delivery.reason,
  tries: delivery.tries,
  attempts: JSON.stringify(delivery.attempts),
  next_attempt_at: delivery.nextAttemptAt,
  claimed_until: null,
  created_at: delivery.createdAt,
  finished_at: delivery.finishedAt,
});

export const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  position: row.position,
  webhookId: row.webhook_id,
  eventId: row.event_id,
  eventType: row.event_type,
  sessionId: row.session_id || null,
  body: row.body,
  state: row.state as DeliveryState,
  reason: row.reason,
  tries: row.tries,
  attempts: JSON.parse(row.attempts) as Delivery['attempts'],
  nextAttemptAt: row.next_attempt_at,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});
