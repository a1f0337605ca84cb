import { newId } from '@jiga/contracts';
import type { SessionTransition } from '@jiga/sessions';

import type { SessionEvent } from './timeline-entry.js';

const TYPE = 'session.state_changed';

/** Events for those changes of state that have none yet, oldest first. */
export function missingTransitions(
  sessionId: string,
  transitions: readonly SessionTransition[],
  events: readonly SessionEvent[],
): SessionEvent[] {
  const told = new Set(events.filter(({ type }) => type === TYPE).map(({ timestamp, data }) => keyOf(timestamp, data)));
  return transitions
    .map(({ at, from, to, reason }) => ({ at, data: { from, to, reason } }))
    .filter(({ at, data }) => !told.has(keyOf(at, data)))
    .map(({ at, data }) => ({ event_id: newId('event'), type: TYPE, timestamp: at, session_id: sessionId, data }));
}

const keyOf = (at: number, data: object): string => `${at} ${'to' in data ? String(data.to) : ''}`;
