import { createHash, timingSafeEqual } from 'node:crypto';

import { SCOPES, type Credential } from './credential.js';
import type { CredentialVerifier } from './credential-verifier.port.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A key that a person chose may be shorter and weaker than its length says. */
const UNGUESSABLE_LENGTH = 32;

/** One key that the operator set or that was made at the first start: every permission, one owner. */
export class StaticKeyVerifier implements CredentialVerifier {
  readonly isGuessable: boolean;
  readonly #digest: Buffer;
  readonly #credential: Credential;

  constructor(id: string, key: string) {
    this.isGuessable = key.length < UNGUESSABLE_LENGTH;
    this.#digest = digest(key);
    this.#credential = Object.freeze({ id, owner: id, scopes: new Set(SCOPES), isAdmin: true });
  }

  /** Compares digests, which are of one length, in constant time. */
  verify(token: string): Promise<Credential | null> {
    return Promise.resolve(timingSafeEqual(digest(token), this.#digest) ? this.#credential : null);
  }
}
