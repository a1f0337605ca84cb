import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { ConfigError, type JigaConfig } from '../config/config.js';
import { keepSecretFile } from './secret-file.js';

export interface DevelopmentKey {
  readonly key: string;
  /** Absolute path of the file that keeps it. */
  readonly path: string;
  readonly isNew: boolean;
}

const FILE_NAME = 'development-key';
const FORM = /^jiga_dev_[\w-]{32}$/;

/** The key kept in the data directory, made at the first start. Only its owner can read the file. */
export async function loadDevelopmentKey(dataDir: string): Promise<DevelopmentKey> {
  const path = join(dataDir, FILE_NAME);
  const { text, isNew } = await keepSecretFile(path, () => `jiga_dev_${randomBytes(24).toString('base64url')}`);
  if (!FORM.test(text)) throw new ConfigError(`${path} does not hold a development key; delete it to get a new one.`);
  return { key: text, path, isNew };
}

/** What an operator may log in with from the start, beside tokens and issued keys. */
export type StartingKey =
  | { readonly kind: 'admin'; readonly key: string }
  | ({ readonly kind: 'development' } & DevelopmentKey)
  | { readonly kind: 'none' };

/**
 * The key that holds from the start. With none configured, a development key where only this machine can connect;
 * anywhere else tokens of an identity provider must be, or the server must not start.
 */
export async function loadStartingKey(config: JigaConfig): Promise<StartingKey> {
  const { adminKey, jwt } = config.auth;
  if (adminKey !== null) return { kind: 'admin', key: adminKey };
  if (config.server.isLoopback) return { kind: 'development', ...(await loadDevelopmentKey(config.dataDir)) };
  if (jwt.secret !== null || jwt.keySetUrl !== null) return { kind: 'none' };
  throw new ConfigError(
    `HOST is ${config.server.host}, so other machines can connect, but no credential is configured. ` +
      'Set JIGA_ADMIN_KEY (16 characters or more), JIGA_JWT_SECRET or JIGA_JWKS_URL, or HOST=127.0.0.1 to stay on ' +
      'this machine.',
  );
}
