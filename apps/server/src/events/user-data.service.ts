import { Inject, Injectable } from '@nestjs/common';

import { UserDataErasers } from '@jiga/platform';
import type { Credential } from '@jiga/platform';
import { SESSION_STORE, SessionsService } from '@jiga/sessions';
import type { SessionStore } from '@jiga/sessions';
import { KeepingService } from '@jiga/timeline';

/** Sessions removed at once. */
const BATCH = 200;

/** Forgets a player. */
@Injectable()
export class UserDataService {
  constructor(
    @Inject(SESSION_STORE) private readonly store: SessionStore,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(UserDataErasers) private readonly erasers: UserDataErasers,
    @Inject(KeepingService) private readonly keeping: KeepingService,
  ) {}

  /**
   * Ends the player's live sessions, then removes everything that is kept about the player: of the credential's own
   * owner, or of every owner for an admin. Resolves to how many of each there were. Run again, it finds nothing.
   */
  async erase(userId: string, credential: Credential): Promise<Record<string, number>> {
    const owner = credential.isAdmin ? null : credential.owner;
    const totals: Record<string, number> = {};
    for (let isDone = false; !isDone;) {
      const sessionIds = await this.store.idsOfUser(userId, owner, BATCH);
      for (const id of sessionIds) await this.sessions.close(id, credential, 'user_data_deleted');
      const others = await this.erasers.erase({ userId, owner, sessionIds });
      // Last: a crash before it leaves the sessions to find the rest by.
      const counts = { ...others, sessions: await this.keeping.removeSessions(sessionIds) };
      for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
      isDone = sessionIds.length < BATCH;
    }
    return totals;
  }
}
