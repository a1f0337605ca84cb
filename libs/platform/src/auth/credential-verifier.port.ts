import type { Credential } from './credential.js';

/**
 * One way to prove who is calling (a configured key, an issued API key, a JWT, a session token). Asked in order; null =
 * not one of mine, which counts as a guess when nobody knows it. Throws AppError `unauthenticated` for a token that is
 * truly its own and not valid any more.
 */
export interface CredentialVerifier {
  /** Whether somebody could find a token by trying many: then it is not even looked at from where too many came. */
  readonly isGuessable?: boolean;
  verify(token: string): Promise<Credential | null>;
}

/** Injection token of the list of {@link CredentialVerifier}s, in the order in which they are asked. */
export const CREDENTIAL_VERIFIERS = Symbol.for('jiga:credential-verifiers');
