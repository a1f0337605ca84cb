import { Module } from '@nestjs/common';

import { SocketAdmission } from './socket-admission.js';

@Module({ providers: [SocketAdmission], exports: [SocketAdmission] })
export class SocketsModule {}
