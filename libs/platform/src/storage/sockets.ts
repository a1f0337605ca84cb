import { Socket } from 'node:net';

/** The sockets of connections to a database, so that they can be let go of when the other side says nothing any more. */
export class Sockets {
  readonly #open = new Set<Socket>();
  #onNone: (() => void) | null = null;

  /** A new one, about to be connected. */
  readonly make = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onNone?.();
    });
    return socket;
  };

  /** Resolves when all have closed. */
  async closed(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#onNone = resolve));
  }

  /** Closes them without a word to the other side. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
