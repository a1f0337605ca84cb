import { AppError } from '@jiga/contracts';

import type { Credential } from './credential.js';

/** `failed` stands where an id would, and lists sessions. */
const SESSION_PATH = /^\/api\/v1\/jiga\/sessions\/(?!failed(?:[/?]|$))([^/?]+)/;
const READING = new Set(['GET', 'HEAD']);

/**
 * Keeps a session token to its session, whatever the route does by itself: another session does not exist for it, and
 * what belongs to no session is not its business. One that may only view changes nothing. `isOpen`: the route shows
 * what every credential may see. Throws AppError `session_not_found` or `forbidden`.
 */
export function confineToSession(credential: Credential, method: string, path: string, isOpen: boolean): void {
  const { session } = credential;
  if (!session) return;
  const id = sessionIn(path);
  if (id !== null && id !== session.id) throw new AppError('session_not_found');
  if (id === null && !isOpen) throw new AppError('forbidden', 'A session token is good for its session alone.');
  if (session.permission === 'view' && !READING.has(method)) {
    throw new AppError('forbidden', 'This session token may only view.');
  }
}

/** The same for a socket, which always belongs to a session. */
export function confineSocketToSession({ session }: Credential, url: string | undefined): void {
  if (session && sessionIn(url ?? '') !== session.id) throw new AppError('session_not_found');
}

function sessionIn(path: string): string | null {
  const text = SESSION_PATH.exec(path)?.[1];
  if (text === undefined) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
