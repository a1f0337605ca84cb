/** One thing that somebody did. Times are Unix seconds. */
export interface AuditEntry {
  readonly id: string;
  readonly at: number;
  /** Stable `subject.verb`, such as `api_key.revoked`. */
  readonly action: string;
  /** Id of the credential that did it; null = the server by itself. */
  readonly actor: string | null;
  /** Id of what it was done to. */
  readonly target: string | null;
  readonly requestId: string | null;
  readonly remoteAddress: string | null;
  /** More about it; never secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditFilter {
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
  /** Unix seconds, this one included. */
  readonly since?: number;
  /** Unix seconds, this one not included. */
  readonly until?: number;
}

/** A place in the list, newest first. */
export interface AuditPosition {
  readonly at: number;
  readonly id: string;
}

/** The trail as it is kept: it can be added to and read, never changed; entries go when their time is over. */
export interface AuditStore {
  /** All or none; those that are kept already change nothing, so that what failed can be tried again. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Removes entries older than `before` (Unix seconds), the oldest first, at most `limit`; resolves to how many. */
  removeBefore(before: number, limit: number): Promise<number>;
  /** Newest first, after `after`, at most `limit`. */
  list(filter: AuditFilter, limit: number, after?: AuditPosition): Promise<AuditEntry[]>;
}

/** Injection token of the {@link AuditStore}. */
export const AUDIT_STORE = Symbol.for('jiga:audit-store');
