import type { IncomingMessage } from 'node:http';

import type { ServerSocket } from './server-socket.js';

/** What a client asked for while connecting: the third argument of every gateway's `handleConnection`. */
export interface SocketUpgrade {
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** For `Authenticator.authenticateSocket`. Its URL may hold a token: never log it. */
  readonly request: IncomingMessage;
}

const sockets = new WeakMap<object, ServerSocket>();

/** Notes which socket came out of an upgrade request. */
export const noteSocket = (request: IncomingMessage, socket: ServerSocket): void => void sockets.set(request, socket);

/** The socket that came out of this upgrade request. */
export const socketOf = (request: object): ServerSocket | undefined => sockets.get(request);
