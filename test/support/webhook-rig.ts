import { newId, unixSeconds, type PublicEvent } from '@jiga/contracts';
import { Metrics, Tracing, UserDataErasers, type ResolveHost } from '@jiga/platform';
import { VirtualClock, type TestDatabase } from '@jiga/testing';

import { WebhookDispatcher } from '../../libs/webhooks/src/sending/webhook-dispatcher.js';
import { KyselyWebhookStore } from '../../libs/webhooks/src/storage/kysely-webhook.store.js';
import { WEBHOOK_MIGRATIONS } from '../../libs/webhooks/src/storage/webhook.migrations.js';
import { WebhookDirectory } from '../../libs/webhooks/src/webhook-directory.js';
import { WebhookOutbox } from '../../libs/webhooks/src/webhook-outbox.js';
import { WebhooksService } from '../../libs/webhooks/src/webhooks.service.js';

export const WEBHOOK_SETTINGS = {
  max: 10,
  allowedHosts: ['127.0.0.1', 'receiver.test'] as readonly string[],
  timeoutMs: 10_000,
  retryDelaysMs: [5_000, 60_000] as readonly number[],
  concurrencyPerWebhook: 4,
  pendingPerWebhookMax: 100,
  retentionMs: 3_600_000,
};

export interface WebhookRigOptions {
  readonly clock?: VirtualClock;
  readonly settings?: Partial<typeof WEBHOOK_SETTINGS>;
  readonly resolve?: ResolveHost;
}

/** Webhooks as a server runs them, on a virtual clock. Jitter is in the middle: waits are exactly those configured. */
export async function webhookRig(home: TestDatabase, options: WebhookRigOptions = {}) {
  const clock = options.clock ?? new VirtualClock();
  const config = { webhooks: { ...WEBHOOK_SETTINGS, ...options.settings } };
  const resolve: ResolveHost = options.resolve ?? (() => Promise.reject(new Error('no look-up was expected')));
  const database = await home.open();
  await database.migrate(WEBHOOK_MIGRATIONS);
  const store = new KyselyWebhookStore(database);
  const metrics = new Metrics();
  const directory = new WebhookDirectory(store, clock);
  const erasers = new UserDataErasers();
  const outbox = new WebhookOutbox(store, directory, clock, config, metrics, erasers);
  const tracing = await Tracing.start({ otlpEndpoint: null, serviceName: 'test', metricsArePublic: false });
  const sending = { clock, tracing, resolve, random: () => 0.5 };
  const dispatcher = new WebhookDispatcher(store, directory, outbox, sending, config, metrics);
  const service = new WebhooksService(store, directory, outbox, dispatcher, clock, config);
  await directory.open();
  await outbox.open((webhookIds) => dispatcher.wake(webhookIds));
  dispatcher.start();
  return {
    clock,
    store,
    service,
    outbox,
    metrics,
    erasers,
    /** Publishes an event and has it written down. */
    async publish(type = 'game.kill', sessionId = 'sess_a', data: object = {}): Promise<PublicEvent> {
      const event = { event_id: newId('event'), type, timestamp: unixSeconds(clock), session_id: sessionId, data };
      outbox.accept(event);
      await outbox.flush();
      return event;
    },
    /** As a stop of the server: what is not delivered stays in the database. */
    async stop(): Promise<void> {
      await dispatcher.stop();
      directory.close();
      await outbox.flush();
      await database.close();
    },
  };
}

export type WebhookRig = Awaited<ReturnType<typeof webhookRig>>;
