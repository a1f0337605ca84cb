export { KyselyWebhookStore } from './storage/kysely-webhook.store.js';
export { WEBHOOK_MIGRATIONS } from './storage/webhook.migrations.js';
export type { Delivery, DeliveryAttempt, DeliveryState, Webhook } from './webhook.js';
export { ATTEMPT_ERRORS, DELIVERY_STATES } from './webhook.js';
export { WEBHOOK_STORE, type DeliveryFilter, type WebhookStore } from './webhook.store.js';
export { WebhooksModule } from './webhooks.module.js';
export { DEFAULT_EVENT_TYPES, WebhooksService, type WebhookChanges, type WebhookRequest } from './webhooks.service.js';
