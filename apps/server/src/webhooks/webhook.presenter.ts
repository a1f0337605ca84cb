import type { Delivery, Webhook } from '@jiga/webhooks';

import type { DeliveryDto, ShownWebhookDto, WebhookDto } from './webhooks.dto.js';

/** A webhook without its secret. */
export const presentWebhook = (webhook: Webhook): WebhookDto => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  event_types: webhook.eventTypes,
  session_id: webhook.sessionId,
  enabled: webhook.isEnabled,
  disabled_reason: webhook.disabledReason,
  previous_secret_expires_at: webhook.previousSecret?.until ?? null,
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
});

/** With its secret, for the one answer that shows it. */
export const showWebhook = (webhook: Webhook): ShownWebhookDto =>
  Object.assign(presentWebhook(webhook), { secret: webhook.secret });

/** A delivery without its body, which is in the session's events. */
export const presentDelivery = (delivery: Delivery): DeliveryDto => ({
  id: delivery.id,
  webhook_id: delivery.webhookId,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  session_id: delivery.sessionId,
  state: delivery.state,
  reason: delivery.reason,
  attempts: delivery.attempts.map(({ at, status, error, durationMs }) => ({
    at,
    status,
    error,
    duration_ms: durationMs,
  })),
  next_attempt_at: delivery.nextAttemptAt,
  created_at: delivery.createdAt,
  finished_at: delivery.finishedAt,
});
