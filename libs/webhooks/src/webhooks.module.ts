import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { Metrics, PublicEventFeed, resolveHost, Shutdown, Tracing } from '@jiga/platform';

import { WebhookDispatcher } from './sending/webhook-dispatcher.js';
import { WEBHOOK_SENDING, type WebhookSending } from './sending/webhook-sending.js';
import { KyselyWebhookStore } from './storage/kysely-webhook.store.js';
import { WebhookDirectory } from './webhook-directory.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WEBHOOK_STORE } from './webhook.store.js';
import { WebhooksService } from './webhooks.service.js';

/** Webhooks without their routes: from the feed of events to the receivers. */
@Module({
  providers: [
    { provide: WEBHOOK_STORE, useClass: KyselyWebhookStore },
    {
      provide: WEBHOOK_SENDING,
      inject: [CLOCK, Tracing],
      useFactory: (clock: Clock, tracing: Tracing): WebhookSending => ({
        clock,
        tracing,
        resolve: resolveHost,
        random: Math.random,
      }),
    },
    WebhookDirectory,
    WebhookOutbox,
    WebhookDispatcher,
    WebhooksService,
  ],
  exports: [WebhooksService, WEBHOOK_STORE],
})
export class WebhooksModule implements OnModuleInit {
  constructor(
    @Inject(WebhookDirectory) private readonly directory: WebhookDirectory,
    @Inject(WebhookOutbox) private readonly outbox: WebhookOutbox,
    @Inject(WebhookDispatcher) private readonly dispatcher: WebhookDispatcher,
    @Inject(PublicEventFeed) private readonly feed: PublicEventFeed,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Before any module starts work: what happens at the start is told as well. */
  async onModuleInit(): Promise<void> {
    await this.directory.open();
    await this.outbox.open((webhookIds) => this.dispatcher.wake(webhookIds));
    const unsubscribe = this.feed.subscribe((event) => this.outbox.accept(event));
    this.dispatcher.start();
    this.metrics.queue('webhook_outbox', () => this.outbox.depth);
    this.shutdown.register('work', 'webhook deliveries', () => this.dispatcher.stop());
    // Sessions end in the phase `work` and tell of it: what they say is still written down, for the next start to send.
    this.shutdown.register('storage', 'webhook outbox', async () => {
      unsubscribe();
      this.directory.close();
      await this.outbox.flush();
    });
  }
}
