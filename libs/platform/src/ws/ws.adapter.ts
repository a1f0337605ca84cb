import { EventEmitter } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import type { INestApplication, WebSocketAdapter } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import type { ServerOptions } from 'ws';

import { AppError, newId, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';

import { SOCKET_PROTOCOL } from '../auth/authenticator.js';
import { httpStatus } from '../errors/http-error.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from '../errors/problem.js';
import { Connection } from './connection.js';
import { PathPattern } from './path-pattern.js';
import { ServerSocket } from './server-socket.js';
import type { SocketLimits } from './socket-limits.js';
import { noteSocket, type SocketUpgrade } from './upgrade.js';

/** One gateway's path; emits `connection` with `(socket, request, upgrade)`. Stands for the server that Nest asks for. */
class SocketRoute extends EventEmitter {
  constructor(readonly pattern: PathPattern) {
    super();
  }
}

export interface Moving {
  readonly clock: Clock;
  readonly graceMs: number;
}

/** `closeTimeout` is an option of ws that its types lack. */
type WsOptions = ServerOptions<typeof ServerSocket> & { readonly closeTimeout: number };

/**
 * WebSockets for Nest gateways, on the application's own HTTP server. A gateway's `path` may have parameters
 * (`/sessions/:sessionId/stream`); its `handleConnection` gets `(socket, request, upgrade)`. Messages are not parsed
 * here and `@SubscribeMessage` does not work: a gateway hands its socket to a connection, which reads it in order.
 */
export class SocketAdapter implements WebSocketAdapter<SocketRoute, ServerSocket, { path?: string }> {
  readonly #routes: SocketRoute[] = [];
  readonly #http: Server;
  readonly #server: ReturnType<typeof createAcceptor>;
  #isDraining = false;
  #drained: Promise<void> | null = null;

  /** @param moving how long clients have to leave by themselves when the server stops */
  constructor(
    app: INestApplication | Server,
    private readonly limits: SocketLimits,
    private readonly moving: Moving,
  ) {
    this.#http = 'getHttpServer' in app ? (app.getHttpServer() as Server) : app;
    this.#server = createAcceptor(limits);
    this.#http.on('upgrade', this.#onUpgrade);
  }

  /** Open sockets. */
  get size(): number {
    return this.#server.clients.size;
  }

  create(port: number, options: { path?: string } = {}): SocketRoute {
    if (port !== 0) throw new Error('Gateways share the HTTP port of the application');
    const route = new SocketRoute(new PathPattern(options.path ?? '/'));
    this.#routes.push(route);
    return route;
  }

  bindClientConnect(route: SocketRoute, callback: (...args: unknown[]) => void): void {
    route.on('connection', callback);
  }

  bindClientDisconnect(socket: ServerSocket, callback: (...args: unknown[]) => void): void {
    socket.once('close', callback);
  }

  /** Connections read their socket themselves. */
  bindMessageHandlers(): void {}

  closeClient(socket: ServerSocket): void {
    socket.close(1013, 'server is starting');
  }

  async close(route: SocketRoute): Promise<void> {
    await this.drain();
    route.removeAllListeners();
  }

  async dispose(): Promise<void> {
    await this.drain();
    this.#http.off('upgrade', this.#onUpgrade);
    this.#server.close();
  }

  /**
   * Refuses new sockets in words, tells clients by when to move, then closes those that are left with 1001. Resolves when
   * all that it found have ended; those that come later end by themselves, within closeGraceMs.
   */
  drain(): Promise<void> {
    this.#isDraining = true;
    this.#drained ??= this.#drainNow();
    return this.#drained;
  }

  async #drainNow(): Promise<void> {
    await this.#letMove(this.moving);
    const ended = [...this.#server.clients].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          if (socket.onDrain) socket.onDrain();
          else socket.close(1001, 'server is shutting down');
        }),
    );
    // Each ends by itself: `ws` breaks a closing handshake off after closeGraceMs.
    await Promise.all(ended);
  }

  /** Resolves when every socket has ended by itself, or when the time is over. */
  async #letMove({ clock, graceMs }: Moving): Promise<void> {
    const deadline = unixSeconds(clock) + graceMs / 1000;
    const left = [...this.#server.clients].map((socket) => {
      const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.onMoving?.(deadline);
      return ended;
    });
    if (left.length === 0 || graceMs === 0) return;
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => (cancel = clock.after(graceMs, resolve)));
    await Promise.race([Promise.all(left), over]);
    cancel();
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    outliveErrors(socket);
    const url = URL.parse(request.url ?? '', 'ws://localhost');
    const found = url && this.#find(url.pathname);
    const path = url?.pathname ?? '/';
    if (!found) return reject(socket, new AppError('not_found', 'There is no WebSocket at this path'), path);
    const upgrade: SocketUpgrade = {
      params: found.params,
      query: url?.searchParams ?? new URLSearchParams(),
      request,
    };
    this.#server.handleUpgrade(request, socket, head, (client) => {
      if (this.#isDraining) return this.#turnAway(client);
      noteSocket(request, client);
      found.route.emit('connection', client, request, upgrade);
    });
  };

  /** Accepted all the same: a browser could not read why an upgrade was refused. */
  #turnAway(client: ServerSocket): void {
    new Connection(client, { clock: this.moving.clock, limits: this.limits }).refuse(new AppError('draining'));
  }

  #find(pathname: string): { route: SocketRoute; params: Readonly<Record<string, string>> } | null {
    for (const route of this.#routes) {
      const params = route.pattern.match(pathname);
      if (params) return { route, params };
    }
    return null;
  }
}

function createAcceptor(limits: SocketLimits) {
  const options: WsOptions = {
    noServer: true,
    WebSocket: ServerSocket,
    maxPayload: limits.maxMessageBytes,
    // Pictures and sound do not compress, and a deflate context costs memory for each socket.
    perMessageDeflate: false,
    closeTimeout: limits.closeGraceMs,
    // Never one of the others: `bearer.<token>` must not come back in the answer.
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  };
  return new WebSocketServer(options);
}

/**
 * A client that goes away during the handshake must not end the process. The listener lives as long as the socket, so it
 * is made where it sees nothing else: beside the request it would hold that, its headers and its URL, for as long.
 */
function outliveErrors(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

/** Answers a request that is not upgraded, with a problem document like every HTTP error. */
function reject(socket: Duplex, error: AppError, path: string): void {
  const status = httpStatus(error);
  const body = JSON.stringify(toProblem(error, path, newId('request')));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      `Content-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}
