import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { SocketsModule } from '../sockets/sockets.module.js';
import { AsyncApiController } from './asyncapi.controller.js';
import { HighSpeedGateway } from './high-speed.gateway.js';
import { LastFrames } from './last-frames.service.js';
import { VideoSockets } from './video-sockets.service.js';
import { VideoGateway } from './video.gateway.js';

@Module({
  imports: [SessionsModule, SocketsModule],
  controllers: [AsyncApiController],
  providers: [VideoSockets, LastFrames, VideoGateway, HighSpeedGateway],
  exports: [VideoSockets, LastFrames],
})
export class VideoModule {}
