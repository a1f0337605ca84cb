import { Global, Module } from '@nestjs/common';
import { CLOCK, FRAME_ANALYZER, SCENE_ENRICHER } from '@jiga/contracts';
import type { Clock, SceneEnricher } from '@jiga/contracts';
import { CONFIG, EventBus, ReadinessService, Shutdown } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { createVisionEngine } from './pipeline/create-vision-engine.js';
import type { PublishVision } from './pipeline/vision-session.js';

/** Provides the server's vision as FRAME_ANALYZER. Needs the global platform module; takes a SCENE_ENRICHER if there is one. */
@Global()
@Module({
  providers: [
    {
      provide: FRAME_ANALYZER,
      inject: [CLOCK, EventBus, Shutdown, ReadinessService, CONFIG, { token: SCENE_ENRICHER, optional: true }],
      useFactory: (
        clock: Clock,
        bus: EventBus,
        shutdown: Shutdown,
        readiness: ReadinessService,
        { vision }: Pick<JigaConfig, 'vision'>,
        enricher: SceneEnricher | null = null,
      ) => {
        const publish: PublishVision = (name, fact) => bus.publish(name, fact);
        const engine = createVisionEngine({ clock, publish, ...vision, enricher });
        shutdown.register('work', 'vision', () => engine.close());
        readiness.add('vision', () => engine.problem);
        return engine;
      },
    },
  ],
  exports: [FRAME_ANALYZER],
})
export class VisionModule {}
