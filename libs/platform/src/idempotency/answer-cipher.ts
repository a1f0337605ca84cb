import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { ServerSecret } from '../auth/server-secret.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Answers are kept encrypted, because some hold what is shown once: a new key, a token. The key comes from the server's
 * secret and from the idempotency key itself, which is kept nowhere; so only the client's own retry can open them.
 */
export class AnswerCipher {
  constructor(private readonly secret: ServerSecret) {}

  seal(text: string, idempotencyKey: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.secret.deriveKey('idempotency', idempotencyKey), iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** null for what was not sealed under this secret and key. */
  open(sealed: string, idempotencyKey: string): string | null {
    const bytes = Buffer.from(sealed, 'base64');
    const body = bytes.subarray(IV_BYTES + TAG_BYTES);
    try {
      const key = this.secret.deriveKey('idempotency', idempotencyKey);
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
