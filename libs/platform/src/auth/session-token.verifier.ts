import { AppError, unixSeconds } from '@jiga/contracts';
import type { Clock, Permission } from '@jiga/contracts';

import { includesPermission, scopesOf, type Credential } from './credential.js';
import type { CredentialVerifier } from './credential-verifier.port.js';
import type { SessionTokenCodec } from './session-token.js';

/** What a session token needs to know of its session. */
export interface TokenSession {
  readonly owner: string;
  /** The most that its tokens may do. */
  readonly permissions: Permission;
  readonly hasEnded: boolean;
}

export interface SessionTokenVerifierDeps {
  readonly codec: SessionTokenCodec;
  /** null = there is no such session. */
  readonly findSession: (id: string) => Promise<TokenSession | null>;
  /** Whether the token was not revoked. */
  readonly isTokenActive: (id: string) => Promise<boolean>;
  /** Whether the credential that issued a token still holds. */
  readonly isIssuerActive: (credentialId: string) => Promise<boolean>;
  readonly clock: Clock;
}

/** Tokens for one session. They end when they are revoked, with their time, with their session, and with the credential that issued them. */
export class SessionTokenVerifier implements CredentialVerifier {
  constructor(private readonly deps: SessionTokenVerifierDeps) {}

  async verify(token: string): Promise<Credential | null> {
    const claims = this.deps.codec.read(token);
    if (!claims) return null;
    const { id, sessionId, permission, expiresAt, issuedBy } = claims;
    if (expiresAt <= unixSeconds(this.deps.clock)) throw refused('The session token has expired.');
    const session = await this.deps.findSession(sessionId);
    if (!session || session.hasEnded) throw refused('The session of this token has ended.');
    if (!(await this.deps.isTokenActive(id))) throw refused('The session token was revoked.');
    if (!(await this.deps.isIssuerActive(issuedBy))) throw refused('The credential that issued this token has ended.');
    if (!includesPermission(session.permissions, permission)) throw refused('The session gives no such permission.');
    return {
      id,
      owner: session.owner,
      scopes: scopesOf(permission),
      isAdmin: false,
      session: { id: sessionId, permission },
      issuedBy,
      expiresAt,
    };
  }
}

const refused = (message: string): AppError => new AppError('unauthenticated', message);
