import { WebSocket } from 'ws';

import type { AppError } from '@jiga/contracts';

/**
 * The server's end of a WebSocket. On a protocol violation (message too large, invalid UTF-8, bad frame) `ws` sends
 * the close frame before it tells anyone, and after a close frame nothing may follow; this class says it just before,
 * so that the client can be told in an `error` message what was wrong.
 */
export class ServerSocket extends WebSocket {
  /** Runs once, before the close frame that answers a violation. `code` is 1002, 1007, 1008 or 1009. */
  beforeViolationClose: ((code: number) => void) | null = null;
  /** Runs when a stop begins: the client should be elsewhere by then, Unix seconds. */
  onMoving: ((deadline: number) => void) | null = null;
  /** Runs when the server stops; closes the socket. */
  onDrain: (() => void) | null = null;
  /** Runs when the client may not stay, such as for a credential that has ended; closes the socket with the reason. */
  onRefused: ((error: AppError) => void) | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    // The receiver closes with a bare code after a violation. Our own closes always give a reason, and an answer to
    // the peer's close frame carries the peer's reason or no code at all.
    const notify = code !== undefined && reason === undefined ? this.beforeViolationClose : null;
    this.beforeViolationClose = null;
    notify?.(code ?? 1002);
    super.close(code, reason);
  }
}
