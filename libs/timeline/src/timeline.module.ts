import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CONFIG, Metrics, ReadinessService, Shutdown } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { SessionsModule } from '@jiga/sessions';

import { EVENT_STORE } from './event.store.js';
import { KeepingService } from './keeping.service.js';
import { KyselyEventStore } from './storage/kysely-event.store.js';
import { TimelineService } from './timeline.service.js';

/** Needs the global platform and storage modules. */
@Module({
  imports: [SessionsModule],
  providers: [TimelineService, KeepingService, { provide: EVENT_STORE, useClass: KyselyEventStore }],
  exports: [TimelineService, KeepingService],
})
export class TimelineModule implements OnModuleInit {
  constructor(
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(KeepingService) private readonly keeping: KeepingService,
    @Inject(ReadinessService) private readonly readiness: ReadinessService,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: JigaConfig,
  ) {}

  /** Before any session is made or found interrupted, which is at the bootstrap. */
  onModuleInit(): void {
    this.timeline.start();
    this.keeping.register();
    this.metrics.queue('timeline', () => this.timeline.stats.waiting);
    this.metrics.gaugeBy('jiga_timeline_events', 'Events of timelines, by what became of them.', 'outcome', () => {
      const { written, lost } = this.timeline.stats;
      return { written, lost };
    });
    this.readiness.add('timeline', () => this.timeline.problem);
    // Registered after the database, so it writes its last before that closes.
    this.shutdown.register('storage', 'timeline', () => this.timeline.close(this.config.server.drainTimeoutMs));
  }
}
