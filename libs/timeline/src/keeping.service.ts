import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, RetentionService, UserDataErasers } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { SESSION_STORE } from '@jiga/sessions';
import type { SessionStore } from '@jiga/sessions';

import { EVENT_STORE, type EventStore } from './event.store.js';
import { TimelineService } from './timeline.service.js';

/** How long sessions and their timelines are kept, and how they are removed before. */
@Injectable()
export class KeepingService {
  constructor(
    @Inject(EVENT_STORE) private readonly events: EventStore,
    @Inject(SESSION_STORE) private readonly sessions: SessionStore,
    @Inject(TimelineService) private readonly timeline: TimelineService,
    @Inject(RetentionService) private readonly retention: RetentionService,
    @Inject(UserDataErasers) private readonly erasers: UserDataErasers,
    @Inject(CONFIG) private readonly config: Pick<JigaConfig, 'retention'>,
  ) {}

  register(): void {
    const { analysesMs, eventsMs, sessionsMs } = this.config.retention;
    const expiring = (type: string | null) => (before: number, limit: number) =>
      this.events.removeExpired({ before, type, limit });
    this.retention.add({ name: 'analyses', ttlMs: analysesMs, remove: expiring('analysis') });
    if (eventsMs !== null) this.retention.add({ name: 'events', ttlMs: eventsMs, remove: expiring(null) });
    this.retention.add({
      name: 'sessions',
      ttlMs: sessionsMs,
      remove: async (before, limit) => this.removeSessions(await this.sessions.endedBefore(before, limit)),
    });
    this.erasers.add('events', ({ sessionIds }) => this.timeline.remove(sessionIds));
  }

  /**
   * Removes ended sessions with their timelines; resolves to how many there were. Events go first: a crash in between
   * leaves a session to find the rest by, never events of no session. Once more after it, for what a reader or a late
   * fact may have brought back in between.
   */
  async removeSessions(ids: readonly string[]): Promise<number> {
    await this.timeline.remove(ids);
    const count = await this.sessions.remove(ids);
    await this.timeline.remove(ids);
    return count;
  }
}
