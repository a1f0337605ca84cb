import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { AsyncApiController } from './asyncapi.controller.js';
import { VideoSockets } from './video-sockets.service.js';
import { VideoGateway } from './video.gateway.js';

@Module({
  imports: [SessionsModule],
  controllers: [AsyncApiController],
  providers: [VideoSockets, VideoGateway],
  exports: [VideoSockets],
})
export class VideoModule {}
