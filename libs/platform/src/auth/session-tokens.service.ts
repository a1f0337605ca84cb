import { Inject, Injectable } from '@nestjs/common';

import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock, Permission } from '@jiga/contracts';

import { EventBus } from '../event-bus/event-bus.js';
import type { Credential } from './credential.js';
import {
  SESSION_TOKEN_STORE,
  type SessionTokenPosition,
  type SessionTokenRecord,
  type SessionTokenStore,
} from './session-token.store.js';
import { SessionTokenCodec } from './session-token.js';

export interface NewSessionToken {
  readonly sessionId: string;
  readonly permission: Permission;
  readonly ttlSeconds: number;
}

/** A token with its text, which nobody can read again. */
export interface ShownSessionToken {
  readonly record: SessionTokenRecord;
  readonly text: string;
}

export type SessionTokenState = 'active' | 'expired' | 'revoked';

export function tokenStateOf({ revokedAt, expiresAt }: SessionTokenRecord, now: number): SessionTokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'active';
}

/** Issues and ends session tokens. Whether somebody may is for the caller to ask. */
@Injectable()
export class SessionTokens {
  constructor(
    @Inject(SESSION_TOKEN_STORE) private readonly store: SessionTokenStore,
    @Inject(SessionTokenCodec) private readonly codec: SessionTokenCodec,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** It never outlives `by`. Throws AppError `unauthenticated` when that is a token that is being revoked. */
  async issue({ sessionId, permission, ttlSeconds }: NewSessionToken, by: Credential): Promise<ShownSessionToken> {
    const createdAt = unixSeconds(this.clock);
    const { text, claims } = this.codec.issue({
      sessionId,
      permission,
      expiresAt: Math.min(createdAt + ttlSeconds, by.expiresAt ?? Infinity),
      issuedBy: by.issuedBy ?? by.id,
    });
    const parentId = by.session ? by.id : null;
    const record: SessionTokenRecord = { ...claims, parentId, createdAt, revokedAt: null };
    if (!(await this.store.insert(record))) throw new AppError('unauthenticated', 'The session token was revoked.');
    return { record, text };
  }

  /** Newest first. */
  list(sessionId: string, limit: number, after?: SessionTokenPosition): Promise<SessionTokenRecord[]> {
    return this.store.list(sessionId, limit, after);
  }

  /**
   * Ends a token of the session at once, with its sockets and with all that it issued. Repeated, it changes nothing. Throws
   * AppError `session_token_not_found`.
   */
  async revoke(sessionId: string, id: string): Promise<SessionTokenRecord> {
    await this.#revoke(sessionId, id);
    const record = await this.store.find(id);
    if (record?.sessionId !== sessionId) throw new AppError('session_token_not_found');
    return record;
  }

  /** Ends all tokens of the session at once, with their sockets; resolves to how many. */
  async revokeAll(sessionId: string): Promise<number> {
    return (await this.#revoke(sessionId, null)).length;
  }

  /** Whether this id is that of a token that was issued and not revoked. */
  async isActive(id: string): Promise<boolean> {
    const record = await this.store.find(id);
    return record !== null && record.revokedAt === null;
  }

  async #revoke(sessionId: string, id: string | null): Promise<readonly string[]> {
    const at = unixSeconds(this.clock);
    const revoked = await this.store.revoke(sessionId, id, at);
    for (const credentialId of revoked) {
      this.bus.publish('auth.credential_revoked', { credentialId, at, reason: 'session_token_revoked' });
    }
    return revoked;
  }
}
