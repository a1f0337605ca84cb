import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnModuleInit } from '@nestjs/common';

import { CONFIG, type JigaConfig } from '../config/config.js';
import { ReadinessService } from '../lifecycle/readiness.service.js';
import { Shutdown } from '../lifecycle/shutdown.service.js';
import { Database, type NamedMigration } from './database.js';
import { RetentionService } from './retention.service.js';
import { UserDataErasers } from './user-data.service.js';

/** Opens the database and brings its schema up to date before anything else starts. Global. */
@Module({})
export class StorageModule implements OnModuleInit {
  static register(migrations: readonly NamedMigration[]): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [CONFIG, Shutdown, ReadinessService],
          useFactory: async (config: JigaConfig, shutdown: Shutdown, readiness: ReadinessService) => {
            const { url, poolMax } = config.database;
            const database =
              url === null
                ? await Database.openEmbedded(config.dataDir)
                : await Database.openPostgres({ url, poolMax });
            shutdown.register('storage', 'database', () => database.close(config.server.drainTimeoutMs));
            readiness.add('storage', () => database.probe());
            await database.migrate(migrations);
            return database;
          },
        },
        RetentionService,
        UserDataErasers,
      ],
      exports: [Database, RetentionService, UserDataErasers],
    };
  }

  constructor(
    @Inject(RetentionService) private readonly retention: RetentionService,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    this.shutdown.register('work', 'retention', () => this.retention.close());
  }
}
