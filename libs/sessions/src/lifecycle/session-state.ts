import { SessionState } from '@jiga/contracts';

import type { SessionRecord, SessionTransition } from '../session-record.js';

const { CREATED, CONNECTING, ACTIVE, RECONNECTING, CLOSING, CLOSED, ERROR } = SessionState;

const NEXT: Readonly<Record<SessionState, readonly SessionState[]>> = {
  [CREATED]: [CONNECTING, ACTIVE, CLOSING, ERROR],
  [CONNECTING]: [ACTIVE, CLOSING, ERROR],
  [ACTIVE]: [RECONNECTING, CLOSING, ERROR],
  [RECONNECTING]: [ACTIVE, CLOSING, ERROR],
  [CLOSING]: [CLOSED, ERROR],
  [CLOSED]: [],
  [ERROR]: [],
};

/** States that a session never leaves. */
export const hasEnded = (state: SessionState): boolean => NEXT[state].length === 0;

export interface Step {
  readonly record: SessionRecord;
  readonly transition: SessionTransition;
}

/** The record after one change of state. Throws an Error for a change that the state machine does not have: a bug. */
export function step(record: SessionRecord, to: SessionState, reason: string, at: number): Step {
  if (!NEXT[record.state].includes(to)) throw new Error(`A session cannot go from ${record.state} to ${to}`);
  return {
    record: { ...record, state: to, reason, updatedAt: at, endedAt: hasEnded(to) ? at : null },
    transition: { at, from: record.state, to, reason },
  };
}
