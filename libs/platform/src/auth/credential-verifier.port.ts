import type { Credential } from './credential.js';

/**
 * One way to prove who is calling (a configured key, an issued API key, a JWT, a session token). Asked in order; null =
 * not mine, ask the next. Throws AppError `unauthenticated` for a token that is its own and not valid any more.
 */
export interface CredentialVerifier {
  verify(token: string): Promise<Credential | null>;
}

/** Injection token of the list of {@link CredentialVerifier}s, in the order in which they are asked. */
export const CREDENTIAL_VERIFIERS = Symbol.for('jiga:credential-verifiers');
