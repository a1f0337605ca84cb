import { Global, Module } from '@nestjs/common';
import { CLOCK, FRAME_ANALYZER, SCENE_ENRICHER } from '@jiga/contracts';
import type { Clock, SceneEnricher } from '@jiga/contracts';
import { EventBus, ReadinessService, Shutdown } from '@jiga/platform';
import { createVisionEngine } from './pipeline/create-vision-engine.js';

/** Provides the server's vision as FRAME_ANALYZER. Needs the global platform module; takes a SCENE_ENRICHER if there is one. */
@Global()
@Module({
  providers: [
    {
      provide: FRAME_ANALYZER,
      inject: [CLOCK, EventBus, Shutdown, ReadinessService, { token: SCENE_ENRICHER, optional: true }],
      useFactory: (
        clock: Clock,
        bus: EventBus,
        shutdown: Shutdown,
        readiness: ReadinessService,
        enricher: SceneEnricher | null = null,
      ) => {
        const engine = createVisionEngine({ clock, publish: (name, fact) => bus.publish(name, fact), enricher });
        shutdown.register('work', 'vision', () => engine.close());
        readiness.add('vision', () => engine.problem);
        return engine;
      },
    },
  ],
  exports: [FRAME_ANALYZER],
})
export class VisionModule {}
