import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { SessionsController } from './sessions.controller.js';

@Module({ imports: [SessionsModule], controllers: [SessionsController] })
export class SessionsHttpModule {}
