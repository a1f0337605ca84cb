import type { EventTypes, TimelineEntry } from './timeline-entry.js';

/** An entry with its data as JSON, which is made once. */
export interface EventRow {
  readonly entry: TimelineEntry;
  readonly json: string;
}

export interface EventQuery {
  /** Only entries after this sequence. */
  readonly after: number;
  readonly limit: number;
  readonly types: EventTypes;
  /** Only events from this moment on, Unix seconds; null = all. */
  readonly since: number | null;
}

/** What a sweep removes: events older than `before` (Unix seconds), all types or one. */
export interface ExpiryQuery {
  readonly before: number;
  readonly type: string | null;
  readonly limit: number;
}

/** What is kept of timelines. One contract suite holds for every adapter. */
export interface EventStore {
  /** Keeps all of these or none. Entries that are kept already are left as they are. */
  append(rows: readonly EventRow[]): Promise<void>;
  /** Oldest first. */
  read(sessionId: string, query: EventQuery): Promise<TimelineEntry[]>;
  /** Where an event of this session stands; null when it is not kept. */
  sequenceOf(sessionId: string, eventId: string): Promise<number | null>;
  /** Sequence of the newest entry; 0 = none. */
  lastSequence(sessionId: string): Promise<number>;
  /** Removes expired events, at most `limit`; resolves to how many. */
  removeExpired(query: ExpiryQuery): Promise<number>;
  /** Removes all of these sessions' events; resolves to how many. */
  removeSessions(sessionIds: readonly string[]): Promise<number>;
}

/** Injection token of the {@link EventStore}. */
export const EVENT_STORE = Symbol.for('jiga:event-store');
