import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { AutoConnector } from './auto-connector.service.js';

@Module({ imports: [SessionsModule], providers: [AutoConnector], exports: [AutoConnector] })
export class AutoConnectModule {}
