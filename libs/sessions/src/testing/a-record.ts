import { newId } from '@jiga/contracts';
import type { SessionRequest } from '@jiga/contracts';

import { effectiveConfiguration } from '../effective-configuration.js';
import type { SessionRecord } from '../session-record.js';

/** A session for tests; what is not given is of no importance to them. */
export function aRecord(change: Partial<SessionRecord> = {}, request: Partial<SessionRequest> = {}): SessionRecord {
  return {
    id: newId('session'),
    owner: 'owner',
    credentialId: 'credential',
    configuration: effectiveConfiguration({ user_id: 'player', ...request }),
    state: 'active',
    reason: 'endpoints_ready',
    createdAt: 100,
    updatedAt: 100,
    endedAt: null,
    failure: null,
    metrics: null,
    recreatedFrom: null,
    ...change,
  };
}
