import { Global, Module } from '@nestjs/common';
import { CLOCK, FRAME_ANALYZER } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { EventBus, ReadinessService, Shutdown } from '@jiga/platform';
import { createVisionEngine } from './pipeline/create-vision-engine.js';

/** Provides the server's vision as FRAME_ANALYZER. Needs the global platform module. */
@Global()
@Module({
  providers: [
    {
      provide: FRAME_ANALYZER,
      inject: [CLOCK, EventBus, Shutdown, ReadinessService],
      useFactory: (clock: Clock, bus: EventBus, shutdown: Shutdown, readiness: ReadinessService) => {
        const engine = createVisionEngine({ clock, publish: (name, fact) => bus.publish(name, fact) });
        shutdown.register('work', 'vision', () => engine.close());
        readiness.add('vision', () => engine.problem);
        return engine;
      },
    },
  ],
  exports: [FRAME_ANALYZER],
})
export class VisionModule {}
