import { Inject, Injectable } from '@nestjs/common';

import { AppError } from '@jiga/contracts';
import { CONFIG } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';

/**
 * Who reads the events of which session, over HTTP and WebSockets. A session that lives bounds its sockets itself; one that
 * has ended has no places to take, and who comes to read what is left of it must not pile up all the same.
 */
@Injectable()
export class EventPlaces {
  /** Session → readers that are open. */
  readonly #readers = new Map<string, number>();

  constructor(@Inject(CONFIG) private readonly config: JigaConfig) {}

  /**
   * Takes a place; returns what gives it back, to be called once. Throws AppError `socket_limit` when the session has ended
   * and as many read it as may have sockets of one that lives.
   */
  take(sessionId: string, hasEnded: boolean): () => void {
    const open = this.#readers.get(sessionId) ?? 0;
    if (hasEnded && open >= this.config.sessions.socketsPerSessionMax) {
      throw new AppError('socket_limit', `${open} streams of the session are open, which is its limit.`);
    }
    this.#readers.set(sessionId, open + 1);
    return () => this.#give(sessionId);
  }

  #give(sessionId: string): void {
    const left = (this.#readers.get(sessionId) ?? 0) - 1;
    if (left > 0) this.#readers.set(sessionId, left);
    else this.#readers.delete(sessionId);
  }
}
