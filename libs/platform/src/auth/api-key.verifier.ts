import { AppError, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { hashOf, isSameHash, prefixOf, stateOf } from './api-key.js';
import type { ApiKeyRecord } from './api-key.js';
import type { ApiKeyStore } from './api-key.store.js';
import type { Credential } from './credential.js';
import type { CredentialVerifier } from './credential-verifier.port.js';
import type { LastUse } from './last-use.js';
import type { ServerSecret } from './server-secret.js';

export interface ApiKeyVerifierDeps {
  readonly store: Pick<ApiKeyStore, 'findByPrefix'>;
  readonly secret: ServerSecret;
  readonly lastUse: Pick<LastUse, 'note'>;
  readonly clock: Clock;
}

/**
 * Keys that this server issued. Every check reads the store, so that a revocation holds at once on every server of one
 * database.
 */
export class ApiKeyVerifier implements CredentialVerifier {
  constructor(private readonly deps: ApiKeyVerifierDeps) {}

  async verify(token: string): Promise<Credential | null> {
    const prefix = prefixOf(token);
    if (prefix === null) return null;
    const record = await this.deps.store.findByPrefix(prefix);
    const now = unixSeconds(this.deps.clock);
    const given = hashOf(this.deps.secret, token);
    const isCurrent = isSameHash(given, record?.hash ?? null);
    const isPrevious = isSameHash(given, record?.previousHash ?? null) && (record?.previousExpiresAt ?? 0) > now;
    if (!record || !(isCurrent || isPrevious)) return null;
    // Only who holds the key learns what became of it.
    const state = stateOf(record, now);
    if (state !== 'active') throw new AppError('unauthenticated', `The API key is ${state}.`);
    this.deps.lastUse.note(record.id);
    return toCredential(record, isCurrent);
  }
}

function toCredential(record: ApiKeyRecord, isCurrent: boolean): Credential {
  const ends = [record.expiresAt, isCurrent ? null : record.previousExpiresAt].filter((at) => at !== null);
  return {
    id: record.id,
    owner: record.owner,
    scopes: new Set(record.scopes),
    isAdmin: record.scopes.includes('admin'),
    ...(ends.length > 0 && { expiresAt: Math.min(...ends) }),
  };
}
