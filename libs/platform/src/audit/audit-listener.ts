import { Inject, Injectable } from '@nestjs/common';

import { SessionState } from '@jiga/contracts';
import type { DomainEvents } from '@jiga/contracts';

import { OnDomainEvent } from '../event-bus/on-domain-event.js';
import { AuditTrail } from './audit-trail.js';

const ENDINGS: Partial<Record<SessionState, string>> = {
  [SessionState.CLOSED]: 'session.closed',
  [SessionState.ERROR]: 'session.failed',
};

/** What happens to sessions, whether a client did it or the server: from the bus into the audit trail. */
@Injectable()
export class AuditListener {
  constructor(@Inject(AuditTrail) private readonly trail: AuditTrail) {}

  @OnDomainEvent('session.state_changed')
  async onState({ sessionId, from, to, reason }: DomainEvents['session.state_changed']): Promise<void> {
    const action = from === null ? 'session.created' : ENDINGS[to];
    if (action !== undefined) await this.trail.record({ action, target: sessionId, detail: { reason } });
  }

  @OnDomainEvent('session.configuration_changed')
  async onConfiguration({ sessionId, setting }: DomainEvents['session.configuration_changed']): Promise<void> {
    await this.trail.record({ action: 'session.configuration_changed', target: sessionId, detail: { setting } });
  }
}
