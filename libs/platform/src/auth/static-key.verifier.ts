import { createHash, timingSafeEqual } from 'node:crypto';

import { SCOPES, type Credential } from './credential.js';
import type { CredentialVerifier } from './credential-verifier.port.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** One key that the operator set or that was made at the first start: every permission, one owner. */
export class StaticKeyVerifier implements CredentialVerifier {
  readonly #digest: Buffer;
  readonly #credential: Credential;

  constructor(id: string, key: string) {
    this.#digest = digest(key);
    this.#credential = Object.freeze({ id, owner: id, scopes: new Set(SCOPES), isAdmin: true });
  }

  /** Compares digests, which are of one length, in constant time. */
  verify(token: string): Promise<Credential | null> {
    return Promise.resolve(timingSafeEqual(digest(token), this.#digest) ? this.#credential : null);
  }
}
