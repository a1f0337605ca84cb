import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';

import { AppError } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import type { JigaConfig } from '../config/config.js';
import { SCOPES, type Credential, type Scope } from './credential.js';
import type { CredentialVerifier } from './credential-verifier.port.js';

const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const SECRET_ALGORITHMS = ['HS256'];
/** Never a symmetric one: its "secret" would be a public key. */
const KEY_SET_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Clocks of two machines differ a little. */
const CLOCK_SKEW_S = 30;
const KEY_SET_CACHE_MS = 600_000;
/** Tokens with unknown key ids make it ask for the keys again, no oftener than this. */
const KEY_SET_COOLDOWN_MS = 30_000;
const KEY_SET_TIMEOUT_MS = 5_000;
const MAX_OWNER_LENGTH = 200;
/** Owners of the keys that operators set: a subject of this name must not get at their sessions. */
const RESERVED_OWNERS = new Set(['admin', 'development']);

/**
 * JSON Web Tokens of an identity provider (RFC 7519), by shared secret or by published keys. The header's `alg` chooses
 * between the two and nothing else: each takes its own algorithms only (RFC 8725 §3.1), so `none` and a token signed
 * with a public key as HMAC secret are refused.
 */
export class JwtVerifier implements CredentialVerifier {
  readonly #secret: Uint8Array | null;
  readonly #keySet: JWTVerifyGetKey | null;

  constructor(
    private readonly settings: JigaConfig['auth']['jwt'],
    private readonly clock: Clock,
  ) {
    this.#secret = settings.secret === null ? null : new TextEncoder().encode(settings.secret);
    this.#keySet =
      settings.keySetUrl === null
        ? null
        : createRemoteJWKSet(new URL(settings.keySetUrl), {
            cacheMaxAge: KEY_SET_CACHE_MS,
            cooldownDuration: KEY_SET_COOLDOWN_MS,
            timeoutDuration: KEY_SET_TIMEOUT_MS,
          });
  }

  async verify(token: string): Promise<Credential | null> {
    const algorithm = FORM.test(token) ? algorithmOf(token) : null;
    if (algorithm === null) return null;
    try {
      const claims = await this.#claimsOf(token, algorithm);
      return claims && this.#toCredential(claims);
    } catch (error) {
      if (isForged(error)) return null;
      throw refusal(error);
    }
  }

  /** null for an algorithm that no key here is for. */
  async #claimsOf(token: string, algorithm: string): Promise<JWTPayload | null> {
    if (this.#secret && SECRET_ALGORITHMS.includes(algorithm)) {
      return (await jwtVerify(token, this.#secret, this.#options(SECRET_ALGORITHMS))).payload;
    }
    if (this.#keySet && KEY_SET_ALGORITHMS.includes(algorithm)) {
      return (await jwtVerify(token, this.#keySet, this.#options(KEY_SET_ALGORITHMS))).payload;
    }
    return null;
  }

  #options(algorithms: string[]): JWTVerifyOptions {
    const { issuer, audience, ownerClaim } = this.settings;
    return {
      algorithms,
      requiredClaims: ['exp', ownerClaim],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(this.clock.nowMs()),
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
    };
  }

  #toCredential(claims: JWTPayload): Credential {
    const owner = claims[this.settings.ownerClaim];
    if (typeof owner !== 'string' || owner === '' || owner.length > MAX_OWNER_LENGTH || RESERVED_OWNERS.has(owner)) {
      throw new AppError('unauthenticated', `The claim ${this.settings.ownerClaim} of the token names no owner.`);
    }
    const scopes = scopesIn(claims);
    return {
      id: `jwt:${owner}`,
      owner,
      scopes,
      isAdmin: scopes.has('admin'),
      expiresAt: (claims.exp ?? 0) + CLOCK_SKEW_S,
    };
  }
}

function algorithmOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).alg ?? null;
  } catch {
    return null;
  }
}

/** `scope` (RFC 8693: words in one text), `scp` and `permissions` (lists): whichever the provider writes. */
function scopesIn(claims: JWTPayload): ReadonlySet<Scope> {
  const words = ['scope', 'scp', 'permissions'].flatMap((name): unknown[] => {
    const claim = claims[name];
    if (typeof claim === 'string') return claim.split(' ');
    return Array.isArray(claim) ? claim : [];
  });
  return new Set(SCOPES.filter((scope) => words.includes(scope)));
}

/** Not signed by whom it should be, whatever it claims. */
const isForged = (error: unknown): boolean =>
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JWSInvalid ||
  error instanceof errors.JWTInvalid ||
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSEAlgNotAllowed ||
  error instanceof errors.JOSENotSupported;

/** The client's fault is 401 with the claim that is wrong, never the token; a key set that cannot be read is not its fault. */
function refusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired) return new AppError('unauthenticated', 'The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AppError('unauthenticated', `The claim ${error.claim} of the token is missing or not right.`);
  }
  return new AppError('identity_provider_unavailable', undefined, { cause: error, retryAfterSeconds: 5 });
}
