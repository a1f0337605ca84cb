import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';

import { AppError } from '@jiga/contracts';

import type { Credential } from './credential.js';
import { CREDENTIAL_VERIFIERS, type CredentialVerifier } from './credential-verifier.port.js';

/** The subprotocol that a client offers together with `bearer.<token>`; the server answers with this one alone. */
export const SOCKET_PROTOCOL = 'jiga.v1';
const SOCKET_TOKEN_PREFIX = 'bearer.';
/** Longer than any key or JWT in use; work on a token is bounded by this. */
const MAX_TOKEN_LENGTH = 8192;

/** Tells who is calling, from the first credential that the request shows. */
@Injectable()
export class Authenticator {
  constructor(@Inject(CREDENTIAL_VERIFIERS) private readonly verifiers: readonly CredentialVerifier[]) {}

  /** Throws AppError `unauthenticated`. */
  async authenticateRequest(headers: IncomingHttpHeaders): Promise<Credential> {
    return this.#verify(tokenInHeaders(headers));
  }

  /**
   * For an upgrade request: the headers as over HTTP, then the subprotocol pair `jiga.v1, bearer.<token>`, then
   * `?access_token=`. Throws AppError `unauthenticated`.
   */
  async authenticateSocket(request: Pick<IncomingMessage, 'headers' | 'url'>): Promise<Credential> {
    return this.#verify(
      tokenInHeaders(request.headers) ?? tokenInProtocols(request.headers) ?? tokenInQuery(request.url),
    );
  }

  async #verify(token: string | null): Promise<Credential> {
    if (token === null) throw new AppError('unauthenticated', 'No credential was sent.');
    if (token.length === 0 || token.length > MAX_TOKEN_LENGTH) throw notValid();
    for (const verifier of this.verifiers) {
      const credential = await verifier.verify(token);
      if (credential) return credential;
    }
    throw notValid();
  }
}

const notValid = (): AppError => new AppError('unauthenticated', 'The credential is not valid.');

/** A malformed `Authorization` header is a wrong credential, not a missing one: the next header is not tried. */
function tokenInHeaders(headers: IncomingHttpHeaders): string | null {
  const { authorization } = headers;
  if (authorization !== undefined) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key.trim() : null;
}

function tokenInProtocols(headers: IncomingHttpHeaders): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!offered.includes(SOCKET_PROTOCOL)) return null;
  return (
    offered.find((protocol) => protocol.startsWith(SOCKET_TOKEN_PREFIX))?.slice(SOCKET_TOKEN_PREFIX.length) ?? null
  );
}

function tokenInQuery(url: string | undefined): string | null {
  return new URLSearchParams(url?.split('?', 2)[1] ?? '').get('access_token');
}
