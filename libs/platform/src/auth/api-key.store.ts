import type { ApiKey, ApiKeyRecord } from './api-key.js';

export interface ApiKeyFilter {
  readonly owner?: string;
}

/** A place in the list, newest first. */
export interface ApiKeyPosition {
  readonly createdAt: number;
  readonly id: string;
}

export interface SecretChange {
  readonly hash: string;
  readonly previousHash: string | null;
  readonly previousExpiresAt: number | null;
  readonly rotatedAt: number;
}

/** What is kept of API keys. One contract suite holds for every adapter; an acknowledged write survives the process. */
export interface ApiKeyStore {
  insert(record: ApiKeyRecord): Promise<void>;
  findByPrefix(prefix: string): Promise<ApiKeyRecord | null>;
  find(id: string): Promise<ApiKeyRecord | null>;
  /** Newest first, after `after`, at most `limit`. */
  list(filter: ApiKeyFilter, limit: number, after?: ApiKeyPosition): Promise<ApiKey[]>;
  /**
   * Puts a new secret in the place of the one whose hash is `expectedHash`. False when the key is revoked or another
   * rotation came first.
   */
  replaceSecret(id: string, expectedHash: string, change: SecretChange): Promise<boolean>;
  /** Marks the key revoked unless it is; true when this call did it. */
  revoke(id: string, at: number): Promise<boolean>;
  /** Those of these ids that are revoked keys; what is no key is passed over. */
  revokedAmong(ids: readonly string[]): Promise<string[]>;
  /** Moves `last_used_at` forward, never back. Unknown ids are passed over. */
  noteUse(uses: ReadonlyMap<string, number>): Promise<void>;
}

/** Injection token of the {@link ApiKeyStore}. */
export const API_KEY_STORE = Symbol.for('jiga:api-key-store');
