import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';

import { EventBus } from './event-bus.js';
import { PublicEventFeed } from './public-event-feed.js';

/** The bus of this process. The limit is a guard against leaked subscriptions, and is far above what one server holds. */
@Module({
  imports: [EventEmitterModule.forRoot({ global: true, maxListeners: 10_000 })],
  providers: [EventBus, PublicEventFeed],
  exports: [EventBus, PublicEventFeed],
})
export class EventBusModule {}
