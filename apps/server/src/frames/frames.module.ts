import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { VideoModule } from '../video/video.module.js';
import { FramesController } from './frames.controller.js';

@Module({ imports: [SessionsModule, VideoModule], controllers: [FramesController] })
export class FramesModule {}
