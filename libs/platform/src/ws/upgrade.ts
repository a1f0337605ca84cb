import type { IncomingMessage } from 'node:http';

/** What a client asked for while connecting: the third argument of every gateway's `handleConnection`. */
export interface SocketUpgrade {
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** For `Authenticator.authenticateSocket`. Its URL may hold a token: never log it. */
  readonly request: IncomingMessage;
}
