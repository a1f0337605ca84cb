import type { Permission } from '@jiga/contracts';

/** What is kept of a session token; never the token itself. Times are Unix seconds. */
export interface SessionTokenRecord {
  readonly id: string;
  readonly sessionId: string;
  readonly permission: Permission;
  /** Id of the credential whose end is the end of this token too. */
  readonly issuedBy: string;
  /** Id of the session token that issued it; null for any other credential. */
  readonly parentId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

/** A place in the list, newest first. */
export interface SessionTokenPosition {
  readonly createdAt: number;
  readonly id: string;
}

/** The session tokens that were issued. One contract suite holds for every adapter. */
export interface SessionTokenStore {
  /** False, and nothing is kept, when the token that issues it is revoked, or just being revoked. */
  insert(record: SessionTokenRecord): Promise<boolean>;
  find(id: string): Promise<SessionTokenRecord | null>;
  /** Of one session, newest first. */
  list(sessionId: string, limit: number, after?: SessionTokenPosition): Promise<SessionTokenRecord[]>;
  /**
   * Revokes a token of the session with all that it issued; null = all of the session. Resolves to the ids of those that
   * were not revoked before.
   */
  revoke(sessionId: string, id: string | null, at: number): Promise<string[]>;
  /** Which of these are revoked. */
  revokedAmong(ids: readonly string[]): Promise<string[]>;
  /** Removes those that expired before this moment, at most `limit`; resolves to how many it removed. */
  removeExpired(before: number, limit: number): Promise<number>;
  /** Removes those of these sessions; resolves to how many there were. */
  forgetSessions(sessionIds: readonly string[]): Promise<number>;
}

/** Injection token of the {@link SessionTokenStore}. */
export const SESSION_TOKEN_STORE = Symbol.for('jiga:session-token-store');
