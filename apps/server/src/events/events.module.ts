import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';
import { TimelineModule } from '@jiga/timeline';

import { EventsController } from './events.controller.js';
import { EventsGateway } from './events.gateway.js';
import { SseStreams } from './sse.service.js';

@Module({
  imports: [SessionsModule, TimelineModule],
  controllers: [EventsController],
  providers: [EventsGateway, SseStreams],
})
export class EventsModule {}
