import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { SocketAdmission } from './socket-admission.js';

@Module({ imports: [SessionsModule], providers: [SocketAdmission], exports: [SocketAdmission] })
export class SocketsModule {}
