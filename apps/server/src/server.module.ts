import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

import { PlatformModule, StorageModule, type PlatformOptions } from '@jiga/platform';

import { HealthModule } from './health/health.module.js';

/** The composition root: which modules make a server. */
@Module({})
export class ServerModule {
  static register(platform: PlatformOptions): DynamicModule {
    return {
      module: ServerModule,
      imports: [PlatformModule.register(platform), StorageModule.register([]), HealthModule],
    };
  }
}
