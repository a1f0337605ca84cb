import { Inject, Injectable } from '@nestjs/common';

import { AppError, CLOCK, newId, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { EventBus } from '../event-bus/event-bus.js';
import { hashOf, newKeyText, newPrefix, stateOf } from './api-key.js';
import type { ApiKey, ApiKeyRecord } from './api-key.js';
import { API_KEY_STORE, type ApiKeyFilter, type ApiKeyPosition, type ApiKeyStore } from './api-key.store.js';
import type { Credential, Scope } from './credential.js';
import { ServerSecret } from './server-secret.js';

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Absent: the key is an owner by itself, and shares its sessions with nobody. */
  readonly owner?: string;
  /** Unix seconds. */
  readonly expiresAt?: number | null;
}

/** A key with its text, which nobody can read again. */
export interface ShownApiKey {
  readonly apiKey: ApiKey;
  readonly text: string;
}

/** Issues, changes and ends API keys. */
@Injectable()
export class ApiKeys {
  constructor(
    @Inject(API_KEY_STORE) private readonly store: ApiKeyStore,
    @Inject(ServerSecret) private readonly secret: ServerSecret,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(request: NewApiKey, by: Credential): Promise<ShownApiKey> {
    const id = newId('api_key');
    const prefix = newPrefix();
    const text = newKeyText(prefix);
    const record: ApiKeyRecord = {
      id,
      name: request.name,
      prefix,
      owner: request.owner ?? id,
      scopes: [...new Set(request.scopes)],
      createdAt: unixSeconds(this.clock),
      createdBy: by.id,
      expiresAt: request.expiresAt ?? null,
      lastUsedAt: null,
      rotatedAt: null,
      previousExpiresAt: null,
      revokedAt: null,
      hash: hashOf(this.secret, text),
      previousHash: null,
    };
    await this.store.insert(record);
    return { apiKey: record, text };
  }

  list(filter: ApiKeyFilter, limit: number, after?: ApiKeyPosition): Promise<ApiKey[]> {
    return this.store.list(filter, limit, after);
  }

  /** Throws AppError `api_key_not_found`. */
  async get(id: string): Promise<ApiKey> {
    return this.#find(id);
  }

  /**
   * A new secret; the old one is accepted for `overlapSeconds` more, so that it can be replaced everywhere without a
   * gap. The one before the old one ends at once. Throws AppError `api_key_not_found` or `api_key_revoked`.
   */
  async rotate(id: string, overlapSeconds: number): Promise<ShownApiKey> {
    const record = await this.#find(id);
    const now = unixSeconds(this.clock);
    const text = newKeyText(record.prefix);
    const hasOverlap = overlapSeconds > 0;
    const change = {
      hash: hashOf(this.secret, text),
      previousHash: hasOverlap ? record.hash : null,
      previousExpiresAt: hasOverlap ? now + overlapSeconds : null,
      rotatedAt: now,
    };
    if (record.revokedAt === null && (await this.store.replaceSecret(id, record.hash, change))) {
      return { apiKey: { ...record, ...change }, text };
    }
    const current = await this.#find(id);
    if (current.revokedAt !== null) throw new AppError('api_key_revoked');
    // Another rotation came first: this one replaces its secret in turn.
    return this.rotate(id, overlapSeconds);
  }

  /** Ends the key at once, its sockets included. Repeated, it changes nothing. Throws AppError `api_key_not_found`. */
  async revoke(id: string): Promise<ApiKey> {
    await this.#find(id);
    const at = unixSeconds(this.clock);
    if (await this.store.revoke(id, at)) {
      this.bus.publish('auth.credential_revoked', { credentialId: id, at, reason: 'api_key_revoked' });
    }
    return this.#find(id);
  }

  /** Whether this id is that of a key that holds now. */
  async isActive(id: string): Promise<boolean> {
    const record = await this.store.find(id);
    return record !== null && stateOf(record, unixSeconds(this.clock)) === 'active';
  }

  async #find(id: string): Promise<ApiKeyRecord> {
    const record = await this.store.find(id);
    if (!record) throw new AppError('api_key_not_found');
    return record;
  }
}
