import { Module } from '@nestjs/common';

import { WebhooksModule } from '@jiga/webhooks';

import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhooksController } from './webhooks.controller.js';

// The deliveries' fixed path `dead-letters` stands before `:webhook_id`.
@Module({ imports: [WebhooksModule], controllers: [WebhookDeliveriesController, WebhooksController] })
export class WebhooksHttpModule {}
