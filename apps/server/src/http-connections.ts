import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '@jiga/contracts';

/**
 * The connections of an HTTP server, for its stop. Node closes idle ones by itself, but waits a minute for one that has
 * not said anything yet, and for ever for an answer that nobody reads.
 */
export class HttpConnections {
  readonly #silent = new Set<Socket>();

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
    private readonly graceMs: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#silent.add(socket);
      socket.once('close', () => this.#silent.delete(socket));
    });
    const speaks = ({ socket }: IncomingMessage): void => void this.#silent.delete(socket);
    server.on('request', speaks);
    server.on('upgrade', speaks);
  }

  /** Breaks off those that have said nothing, now, and all others after the grace. */
  end(): void {
    for (const socket of this.#silent) socket.destroy();
    const cancel = this.clock.after(this.graceMs, () => this.server.closeAllConnections());
    this.server.once('close', cancel);
  }
}
