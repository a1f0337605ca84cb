import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { AppError } from '@jiga/contracts';

import { socketOf } from '../ws/upgrade.js';
import { prefixOf } from './api-key.js';
import { AttemptLimiter } from './attempt-limiter.js';
import type { Credential } from './credential.js';
import { CredentialWatch } from './credential-watch.js';
import { CREDENTIAL_VERIFIERS, type CredentialVerifier } from './credential-verifier.port.js';
import { networkOf, RemoteAddresses, type RemoteRequest } from './remote-address.js';
import { confineSocketToSession } from './session-confinement.js';

/** The subprotocol that a client offers together with `bearer.<token>`; the server answers with this one alone. */
export const SOCKET_PROTOCOL = 'jiga.v1';
const SOCKET_TOKEN_PREFIX = 'bearer.';
/** Longer than any key or JWT in use; work on a token is bounded by this. */
const MAX_TOKEN_LENGTH = 8192;

/** The part of an upgrade request that is looked at. */
export type UpgradeRequest = Pick<IncomingMessage, 'headers' | 'url'> & RemoteRequest;

/** Tells who is calling, from the first credential that the request shows, and makes guessing slow. */
@Injectable()
export class Authenticator {
  readonly #log = new Logger(Authenticator.name);
  readonly #verifiers: CredentialVerifier[];

  constructor(
    @Inject(CREDENTIAL_VERIFIERS) verifiers: readonly CredentialVerifier[],
    @Inject(AttemptLimiter) private readonly attempts: AttemptLimiter,
    @Inject(RemoteAddresses) private readonly addresses: RemoteAddresses,
    @Inject(CredentialWatch) private readonly watch: CredentialWatch,
  ) {
    this.#verifiers = [...verifiers];
  }

  /** Another way to prove who is calling, asked after those before it. */
  add(verifier: CredentialVerifier): void {
    this.#verifiers.push(verifier);
  }

  /** Throws AppError `unauthenticated`, or `rate_limited` after too many wrong credentials. */
  async authenticateRequest(request: RemoteRequest): Promise<Credential> {
    return this.#verify(tokenInHeaders(request.headers), request);
  }

  /**
   * For an upgrade request: the headers as over HTTP, then the subprotocol pair `jiga.v1, bearer.<token>`, then
   * `?access_token=`. Throws like authenticateRequest, and `session_not_found` for a session token of another session.
   * The socket is closed with 4401 when the credential ends.
   */
  async authenticateSocket(request: UpgradeRequest): Promise<Credential> {
    const { headers, url } = request;
    const token = tokenInHeaders(headers) ?? tokenInProtocols(headers) ?? tokenInQuery(url);
    const credential = await this.#verify(token, request);
    confineSocketToSession(credential, url);
    const socket = socketOf(request);
    if (socket && socket.readyState === socket.OPEN) {
      const stop = this.watch.watch(credential, (error) => socket.onRefused?.(error));
      socket.once('close', stop);
    }
    return credential;
  }

  async #verify(token: string | null, request: RemoteRequest): Promise<Credential> {
    if (token === null) throw new AppError('unauthenticated', 'No credential was sent.');
    const address = this.addresses.of(request);
    const network = networkOf(address);
    const waitMs = this.attempts.waitMs(network);
    if (token.length > 0 && token.length <= MAX_TOKEN_LENGTH) {
      for (const verifier of this.#verifiers) {
        // What nobody can guess is looked at all the same: one client gone wild must not lock out its whole network.
        if (waitMs > 0 && verifier.isGuessable) continue;
        const credential = await verifier.verify(token);
        if (credential) return credential;
      }
    }
    throw this.#wrongCredential(token, address, waitMs);
  }

  #wrongCredential(token: string, address: string, waitMs: number): AppError {
    const prefix = prefixOf(token);
    const waits = [waitMs, this.attempts.fail(networkOf(address))];
    if (prefix !== null) waits.push(this.attempts.fail(`key ${prefix}`));
    const longestMs = Math.max(...waits);
    if (longestMs === 0) return new AppError('unauthenticated', 'The credential is not valid.');
    this.#log.warn('Wrong credentials again and again', { address, keyPrefix: prefix, waitMs: longestMs });
    return new AppError('rate_limited', 'Too many wrong credentials came from here.', {
      retryAfterSeconds: Math.ceil(longestMs / 1000),
    });
  }
}

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
