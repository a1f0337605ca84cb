import { timingSafeEqual } from 'node:crypto';

import { newId, PERMISSIONS } from '@jiga/contracts';
import type { Permission } from '@jiga/contracts';

import type { ServerSecret } from './server-secret.js';

/** What a session token says. Times are Unix seconds. */
export interface SessionTokenClaims {
  readonly id: string;
  readonly sessionId: string;
  readonly permission: Permission;
  readonly expiresAt: number;
  /** Id of the credential that issued it. */
  readonly issuedBy: string;
}

/** Only characters that a WebSocket subprotocol may have. */
const FORM = /^jst\.([\w-]+)\.([\w-]{43})$/;

/**
 * A token that carries its own claims, signed by this server: `jst.<claims>.<HMAC-SHA256>`. Its session's end is its own.
 */
export class SessionTokenCodec {
  constructor(private readonly secret: ServerSecret) {}

  issue(claims: Omit<SessionTokenClaims, 'id'>): { readonly text: string; readonly claims: SessionTokenClaims } {
    const whole = { id: newId('session_token'), ...claims };
    const { id, sessionId, permission, expiresAt, issuedBy } = whole;
    const body = Buffer.from(JSON.stringify([id, sessionId, permission, expiresAt, issuedBy])).toString('base64url');
    return { text: `jst.${body}.${this.#sign(body).toString('base64url')}`, claims: whole };
  }

  /** null for a text that this server did not issue. Whether the token still holds is not looked at. */
  read(text: string): SessionTokenClaims | null {
    const [, body, signature] = FORM.exec(text) ?? [];
    if (body === undefined || signature === undefined) return null;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(body);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return toClaims(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  }

  #sign(body: string): Buffer {
    return this.secret.sign('session-token', body);
  }
}

/** null for claims that an older or newer server wrote in another form. */
function toClaims(value: unknown): SessionTokenClaims | null {
  if (!Array.isArray(value)) return null;
  const [id, sessionId, permission, expiresAt, issuedBy] = value as unknown[];
  const known = PERMISSIONS.find((name) => name === permission);
  if (typeof id !== 'string' || typeof sessionId !== 'string' || typeof issuedBy !== 'string') return null;
  if (typeof expiresAt !== 'number' || !known) return null;
  return { id, sessionId, permission: known, expiresAt, issuedBy };
}
