import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { SessionRecoveryController } from './session-recovery.controller.js';
import { SessionsController } from './sessions.controller.js';

@Module({ imports: [SessionsModule], controllers: [SessionsController, SessionRecoveryController] })
export class SessionsHttpModule {}
