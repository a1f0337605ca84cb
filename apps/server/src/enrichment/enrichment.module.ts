import { Global, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { CLOCK, SCENE_ENRICHER } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { CONFIG, EventBus, type JigaConfig } from '@jiga/platform';
import { ProviderRegistry, ProviderRouter } from '@jiga/providers';
import { SessionsService } from '@jiga/sessions';

import { RemoteSceneEnricher } from './remote-scene-enricher.js';

/** Lets vision ask remote models. Sessions are found when the first frame comes: they hold the vision that holds this. */
@Global()
@Module({
  providers: [
    {
      provide: SCENE_ENRICHER,
      inject: [CONFIG, ProviderRegistry, ProviderRouter, EventBus, CLOCK, ModuleRef],
      useFactory: (
        config: JigaConfig,
        registry: ProviderRegistry,
        router: ProviderRouter,
        ...[bus, clock, modules]: [EventBus, Clock, ModuleRef]
      ) => {
        const sessionOf = (id: string) => modules.get(SessionsService, { strict: false }).peek(id);
        const every = config.providers.enrichEvery;
        const enricher = new RemoteSceneEnricher({ registry, router, clock, every, sessionOf });
        enricher.watch(bus);
        return enricher;
      },
    },
  ],
  exports: [SCENE_ENRICHER],
})
export class EnrichmentModule {}
