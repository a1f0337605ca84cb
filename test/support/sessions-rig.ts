import { Logger } from '@nestjs/common';

import type { DomainEvents, SessionRequest } from '@jiga/contracts';
import { loadConfig, SCOPES, type Credential, type EventBus } from '@jiga/platform';
import { FakeAnalyzer, VirtualClock } from '@jiga/testing';

import { SessionsService } from '../../libs/sessions/src/sessions.service.js';
import { SourceStarters } from '../../libs/sessions/src/sources/source-starters.js';
import { MemorySessionStore } from '../../libs/sessions/src/testing/memory-session.store.js';

export const ANN: Credential = { id: 'key-ann', owner: 'ann', scopes: new Set(SCOPES), isAdmin: false };

/** The sessions of a server with a store in memory: at most two of a credential, with a socket each. */
export class SessionsRig {
  readonly clock = new VirtualClock();
  readonly analyzer = new FakeAnalyzer();
  readonly store = new MemorySessionStore();
  readonly starters = new SourceStarters();
  /** Changes of state that were told. */
  readonly facts: DomainEvents['session.state_changed'][] = [];
  readonly sessions: SessionsService;

  constructor() {
    Logger.overrideLogger(false);
    const publish: EventBus['publish'] = (_name, fact) =>
      void this.facts.push(fact as DomainEvents['session.state_changed']);
    const config = loadConfig({ JIGA_SESSIONS_PER_CREDENTIAL_MAX: '2', JIGA_SOCKETS_PER_SESSION_MAX: '1' });
    const { store, clock, analyzer, starters } = this;
    this.sessions = new SessionsService(store, { publish } as EventBus, clock, config, analyzer, starters);
  }

  /** A session of Ann's; its id. */
  async create(request: Partial<SessionRequest> = {}): Promise<string> {
    return (await this.sessions.create({ user_id: 'player', ...request }, ANN)).id;
  }
}
