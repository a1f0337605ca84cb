import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { ConfigError, type JigaConfig } from '../config/config.js';
import { keepSecretFile } from './secret-file.js';

const FILE_NAME = 'key-pepper';
const FORM = /^[\w-]{43}$/;
const KEY_BYTES = 32;

/** What a derived key is for: keys of different purposes tell nothing about each other. */
export type SecretPurpose = 'api-key' | 'session-token' | 'idempotency';

/**
 * The one secret of this server. It is not in the database, so that who reads the database can neither check guesses
 * of keys, nor sign tokens, nor read recorded answers.
 */
export class ServerSecret {
  readonly #derived = new Map<SecretPurpose, Buffer>();

  constructor(private readonly secret: string) {}

  /** JIGA_KEY_PEPPER, else the secret kept in the data directory, made at the first start. */
  static async load(config: Pick<JigaConfig, 'auth' | 'dataDir'>): Promise<ServerSecret> {
    if (config.auth.keyPepper !== null) return new ServerSecret(config.auth.keyPepper);
    const path = join(config.dataDir, FILE_NAME);
    const { text } = await keepSecretFile(path, () => randomBytes(KEY_BYTES).toString('base64url'));
    if (!FORM.test(text)) {
      throw new ConfigError(`${path} does not hold a secret; restore it, or delete it and issue every API key anew.`);
    }
    return new ServerSecret(text);
  }

  /** A key of 32 bytes for this purpose (HKDF-SHA256, RFC 5869); `salt` makes one for each of many uses. */
  deriveKey(purpose: SecretPurpose, salt = ''): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, salt, `jiga ${purpose}`, KEY_BYTES));
  }

  /** HMAC-SHA256 of `text` under the key of this purpose. */
  sign(purpose: SecretPurpose, text: string): Buffer {
    let key = this.#derived.get(purpose);
    if (!key) {
      key = this.deriveKey(purpose);
      this.#derived.set(purpose, key);
    }
    return createHmac('sha256', key).update(text).digest();
  }
}
