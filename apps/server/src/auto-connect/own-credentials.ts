import { createHash, randomBytes } from 'node:crypto';

import { newId } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { scopesOf, type Credential, type CredentialVerifier } from '@jiga/platform';
import type { LiveSession } from '@jiga/sessions';

/** A connection to oneself is made in a moment; a token that was not used by then never will be. */
const LIFETIME_MS = 15_000;
const TOKEN_BYTES = 32;

interface Issued {
  readonly session: LiveSession;
  readonly expiresAtMs: number;
}

/**
 * Credentials with which the server connects to itself: made for one connection to one session, kept nowhere but in
 * memory, good once and for a few seconds.
 */
export class OwnCredentials implements CredentialVerifier {
  /** By digest: the token itself is known to the connection that is being made, and to nobody else. */
  readonly #issued = new Map<string, Issued>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** Tokens that were issued and not used yet. */
  get outstanding(): number {
    this.#forgetExpired();
    return this.#issued.size;
  }

  issue(session: LiveSession): string {
    this.#forgetExpired();
    const token = `own.${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    this.#issued.set(digest(token), { session, expiresAtMs: this.clock.monotonicMs() + LIFETIME_MS });
    return token;
  }

  verify(token: string): Promise<Credential | null> {
    const key = digest(token);
    const issued = this.#issued.get(key);
    this.#issued.delete(key);
    const holds = issued && issued.expiresAtMs > this.clock.monotonicMs() && !issued.session.signal.aborted;
    return Promise.resolve(holds ? credentialFor(issued.session) : null);
  }

  /** In the order of issue, which is that of expiry. */
  #forgetExpired(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { expiresAtMs }] of this.#issued) {
      if (expiresAtMs > nowMs) return;
      this.#issued.delete(key);
    }
  }
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** As a session token of this session, but of the server: it ends with the session and with nothing else. */
const credentialFor = ({ id, record }: LiveSession): Credential => ({
  id: newId('session_token'),
  owner: record.owner,
  scopes: scopesOf('configure'),
  isAdmin: false,
  session: { id, permission: 'configure' },
  isOwn: true,
});
