import { Module } from '@nestjs/common';

import { ApiKeysController } from './api-keys.controller.js';
import { AuditController } from './audit.controller.js';

/** What only admin credentials may use. */
@Module({ controllers: [ApiKeysController, AuditController] })
export class AdminModule {}
