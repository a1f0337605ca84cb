import { Inject, Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';

import { Shutdown } from '@jiga/platform';

import { SESSION_STORE } from './session.store.js';
import { SessionsService } from './sessions.service.js';
import { SourceStarters } from './sources/source-starters.js';
import { KyselySessionStore } from './storage/kysely-session.store.js';

/** Needs the global platform and storage modules, and a global FRAME_ANALYZER. */
@Module({
  providers: [SessionsService, SourceStarters, { provide: SESSION_STORE, useClass: KyselySessionStore }],
  exports: [SessionsService, SourceStarters, SESSION_STORE],
})
export class SessionsModule implements OnApplicationBootstrap {
  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.shutdown.register('work', 'sessions', () => this.sessions.stop());
    await this.sessions.endInterrupted();
    this.sessions.startKeepingFigures();
  }
}
