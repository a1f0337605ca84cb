import { randomInt, timingSafeEqual } from 'node:crypto';

import type { Scope } from './credential.js';
import type { ServerSecret } from './server-secret.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 10;
/** 36 base-62 characters hold 214 random bits: a fast hash is enough, because nobody can try them all. */
const SECRET_LENGTH = 36;
const FORM = new RegExp(`^jiga_([0-9A-Za-z]{${PREFIX_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}}$`);

/** An issued key without its secret. Times are Unix seconds. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The public part of the key, by which it is looked up. */
  readonly prefix: string;
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  /** Id of the credential that made it. */
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly rotatedAt: number | null;
  /** Until when the secret before the last rotation is still accepted. */
  readonly previousExpiresAt: number | null;
  readonly revokedAt: number | null;
}

/** What is kept: hashes in place of secrets, base64url. */
export interface ApiKeyRecord extends ApiKey {
  readonly hash: string;
  readonly previousHash: string | null;
}

export type ApiKeyState = 'active' | 'expired' | 'revoked';

export function stateOf(key: ApiKey, now: number): ApiKeyState {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'active';
}

export const newPrefix = (): string => randomText(PREFIX_LENGTH);

/** A whole new key `jiga_<prefix>_<secret>`, to be shown once. */
export const newKeyText = (prefix: string): string => `jiga_${prefix}_${randomText(SECRET_LENGTH)}`;

/** The prefix of a text that has the form of a key; null for any other text. */
export const prefixOf = (token: string): string | null => FORM.exec(token)?.[1] ?? null;

export const hashOf = (secret: ServerSecret, keyText: string): string =>
  secret.sign('api-key', keyText).toString('base64url');

/** Compares hashes of keys in constant time. A null never matches, and takes as long. */
export function isSameHash(given: string, kept: string | null): boolean {
  const a = Buffer.from(given, 'base64url');
  const b = kept === null ? Buffer.alloc(a.length) : Buffer.from(kept, 'base64url');
  return a.length === b.length && timingSafeEqual(a, b) && kept !== null;
}

function randomText(length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[randomInt(ALPHABET.length)] ?? '';
  return text;
}
