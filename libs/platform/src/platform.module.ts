import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';

import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import type { CredentialVerifier } from './auth/credential-verifier.port.js';
import { SecurityModule } from './auth/security.module.js';
import { CONFIG, type JigaConfig } from './config/config.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { EventBusModule } from './event-bus/event-bus.module.js';
import { RouteTable } from './http/route-table.js';
import { ReadinessService } from './lifecycle/readiness.service.js';
import { Shutdown } from './lifecycle/shutdown.service.js';
import { Metrics } from './telemetry/metrics.js';
import { Tracing } from './telemetry/tracing.js';

export interface PlatformOptions {
  readonly config: JigaConfig;
  readonly clock: Clock;
  readonly routes: RouteTable;
  /** Ways to log in that hold from the start. */
  readonly verifiers: readonly CredentialVerifier[];
}

/** What every other module stands on: settings, time, facts, failure, identity and the end. Global. */
@Module({})
export class PlatformModule {
  static register({ config, clock, routes, verifiers }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [EventBusModule, SecurityModule.register(verifiers)],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clock },
        { provide: RouteTable, useValue: routes },
        { provide: APP_FILTER, useClass: ProblemFilter },
        Shutdown,
        ReadinessService,
        Metrics,
        {
          provide: Tracing,
          inject: [Shutdown],
          useFactory: async (shutdown: Shutdown) => {
            const tracing = await Tracing.start(config.telemetry);
            shutdown.register('storage', 'traces', () => tracing.close());
            return tracing;
          },
        },
      ],
      exports: [CONFIG, CLOCK, Shutdown, ReadinessService, Metrics, Tracing, EventBusModule],
    };
  }
}
