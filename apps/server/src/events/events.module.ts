import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';

import { Metrics, Shutdown } from '@jiga/platform';
import { SessionsModule } from '@jiga/sessions';
import { TimelineModule } from '@jiga/timeline';

import { SocketsModule } from '../sockets/sockets.module.js';
import { DurableAnswersInterceptor } from './durable-answers.interceptor.js';
import { EventPlaces } from './event-places.js';
import { EventsController } from './events.controller.js';
import { EventsGateway } from './events.gateway.js';
import { SseStreams } from './sse.service.js';
import { UserDataController } from './user-data.controller.js';
import { UserDataService } from './user-data.service.js';

@Module({
  imports: [SessionsModule, SocketsModule, TimelineModule],
  controllers: [EventsController, UserDataController],
  providers: [
    { provide: APP_INTERCEPTOR, useClass: DurableAnswersInterceptor },
    EventPlaces,
    EventsGateway,
    SseStreams,
    UserDataService,
  ],
})
export class EventsModule implements OnModuleInit {
  constructor(
    @Inject(SseStreams) private readonly streams: SseStreams,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('jiga_event_streams_open', 'Open event streams over HTTP.', () => this.streams.size);
    this.shutdown.register('sockets', 'event streams', () => this.streams.close());
  }
}
