import { Global, Module } from '@nestjs/common';
import { CLOCK, FRAME_ANALYZER } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { EventBus, Shutdown } from '@jiga/platform';
import { createVisionEngine } from './pipeline/create-vision-engine.js';

/** Provides the server's vision as FRAME_ANALYZER. Needs the global platform module. */
@Global()
@Module({
  providers: [
    {
      provide: FRAME_ANALYZER,
      inject: [CLOCK, EventBus, Shutdown],
      useFactory: (clock: Clock, bus: EventBus, shutdown: Shutdown) => {
        const engine = createVisionEngine({ clock, publish: (name, fact) => bus.publish(name, fact) });
        shutdown.register('work', 'vision', () => engine.close());
        return engine;
      },
    },
  ],
  exports: [FRAME_ANALYZER],
})
export class VisionModule {}
