import { describe, expect, it } from '@jest/globals';

import { SessionState } from '@jiga/contracts';

import { aRecord } from '../testing/a-record.js';
import { hasEnded, step } from './session-state.js';

const STATES = Object.values(SessionState);

describe('the states of a session', () => {
  it('allow exactly the steps of the contract', () => {
    const allowed = STATES.flatMap((from) =>
      STATES.filter((to) => {
        try {
          step(aRecord({ state: from }), to, 'r', 1);
          return true;
        } catch {
          return false;
        }
      }).map((to) => `${from} → ${to}`),
    );
    expect(allowed.sort()).toEqual(
      [
        'created → connecting',
        'created → active',
        'connecting → active',
        'active → reconnecting',
        'reconnecting → active',
        'created → closing',
        'connecting → closing',
        'active → closing',
        'reconnecting → closing',
        'closing → closed',
        'created → error',
        'connecting → error',
        'active → error',
        'reconnecting → error',
        'closing → error',
      ].sort(),
    );
  });

  it('end with closed and error', () => {
    expect(STATES.filter(hasEnded).sort()).toEqual(['closed', 'error']);
  });

  it('write when and why on the record, and leave the old record as it was', () => {
    const before = aRecord({ state: 'closing' });
    const { record, transition } = step(before, 'closed', 'closed_by_client', 12.5);
    expect(record).toMatchObject({ state: 'closed', reason: 'closed_by_client', updatedAt: 12.5, endedAt: 12.5 });
    expect(transition).toEqual({ at: 12.5, from: 'closing', to: 'closed', reason: 'closed_by_client' });
    expect(before.state).toBe('closing');
  });
});
