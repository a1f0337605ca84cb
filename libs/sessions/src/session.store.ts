import type { SessionState, VideoInputSource } from '@jiga/contracts';

import type { SessionMetricsSnapshot } from './metrics/session-metrics.js';
import type { SessionRecord, SessionTransition } from './session-record.js';

export interface SessionFilter {
  /** Only sessions of this owner; absent = of every owner. */
  readonly owner?: string;
  readonly state?: SessionState;
  readonly userId?: string;
  readonly videoInputSource?: VideoInputSource;
  readonly teamId?: string;
}

/** A place in the list, newest first. */
export interface SessionPosition {
  readonly createdAt: number;
  readonly id: string;
}

/**
 * What is kept of sessions. One contract suite holds for every adapter. An acknowledged write survives the death of
 * the process.
 */
export interface SessionStore {
  /** Keeps a new session together with the transitions that it has been through. */
  insert(record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void>;
  /** Undoes an insert that failed, of which nobody knows whether it was done, or is still under way on a lost connection. */
  takeBack(record: SessionRecord): Promise<void>;
  /**
   * Replaces the record and adds transitions, both or neither. `before` is how many transitions came before these: those
   * that have their place already change nothing, so that what failed can be tried again.
   */
  update(record: SessionRecord, transitions: readonly SessionTransition[], before: number): Promise<void>;
  /** Keeps figures of live sessions by id, all or none of them; sessions that have ended keep theirs. */
  keepMetrics(figures: ReadonlyMap<string, SessionMetricsSnapshot>): Promise<void>;
  find(id: string): Promise<SessionRecord | null>;
  /** Newest first, after `after`, at most `limit`. */
  list(filter: SessionFilter, limit: number, after?: SessionPosition): Promise<SessionRecord[]>;
  /** Oldest first. */
  transitionsOf(id: string): Promise<SessionTransition[]>;
  /** Ids of sessions that ended before this moment (Unix seconds), the oldest first. */
  endedBefore(at: number, limit: number): Promise<string[]>;
  /** Ids of sessions of a player, ended or not; of one owner's alone unless `owner` is null. */
  idsOfUser(userId: string, owner: string | null, limit: number): Promise<string[]>;
  /** Removes these sessions with their transitions; resolves to how many there were. */
  remove(ids: readonly string[]): Promise<number>;
  /**
   * Ends every session that has not ended, as a start finds them after the process died, with the figures that were kept
   * last; returns them as they were.
   */
  endInterrupted(at: number, reason: string): Promise<SessionRecord[]>;
}

/** Injection token of the {@link SessionStore}. */
export const SESSION_STORE = Symbol.for('jiga:session-store');
