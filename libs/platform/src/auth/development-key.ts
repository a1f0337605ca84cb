import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, type JigaConfig } from '../config/config.js';

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
  const kept = await readIfPresent(path);
  if (kept !== null) {
    const key = kept.trim();
    if (!FORM.test(key)) throw new ConfigError(`${path} does not hold a development key; delete it to get a new one.`);
    await chmod(path, 0o600);
    return { key, path, isNew: false };
  }
  const key = `jiga_dev_${randomBytes(24).toString('base64url')}`;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // `wx`: of two first starts at once, one makes the key and the other reads it.
  try {
    await writeFile(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return loadDevelopmentKey(dataDir);
    throw error;
  }
  return { key, path, isNew: true };
}

/**
 * The credentials that hold from the start. With none configured, a development key where only this machine can
 * connect; anywhere else the server must not start.
 */
export async function loadStartingKey(
  config: JigaConfig,
): Promise<{ readonly kind: 'admin'; readonly key: string } | ({ readonly kind: 'development' } & DevelopmentKey)> {
  if (config.auth.adminKey !== null) return { kind: 'admin', key: config.auth.adminKey };
  if (config.server.isLoopback) return { kind: 'development', ...(await loadDevelopmentKey(config.dataDir)) };
  throw new ConfigError(
    `HOST is ${config.server.host}, so other machines can connect, but no credential is configured. ` +
      'Set JIGA_ADMIN_KEY (16 characters or more), or HOST=127.0.0.1 to stay on this machine.',
  );
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
