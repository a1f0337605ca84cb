import { Logger } from '@nestjs/common';

import { AppError } from '@jiga/contracts';

import type { SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionStore } from '../session.store.js';

/** A store that is away for long fails all that come meanwhile; those beyond are ended by the next start. */
const DOUBTFUL_MAX = 1000;

/**
 * Puts new sessions into the store. Of one that failed nobody knows whether the store took it, and its client is told that
 * there is none: it is taken back as soon as the store answers. Nothing waits for that: a row that a lost connection still
 * holds on the database's side cannot be taken back for a while, and is no reason to make no sessions.
 */
export class SessionInserts {
  readonly #log = new Logger(SessionInserts.name);
  readonly #doubtful = new Map<string, SessionRecord>();
  #settling: Promise<void> | null = null;

  constructor(private readonly store: Pick<SessionStore, 'insert' | 'takeBack'>) {}

  async insert(record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void> {
    try {
      await this.store.insert(record, transitions);
    } catch (error) {
      // What is refused for what it says has not reached the store.
      if (!(error instanceof AppError)) this.#doubt(record);
      throw error;
    }
  }

  /** Takes back what is in doubt, as far as the store does. Never rejects; called while it takes back, it joins. */
  settle(): Promise<void> {
    if (this.#doubtful.size === 0) return Promise.resolve();
    return (this.#settling ??= this.#takeAllBack().finally(() => (this.#settling = null)));
  }

  #doubt(record: SessionRecord): void {
    const [oldest] = this.#doubtful.keys();
    if (oldest !== undefined && this.#doubtful.size >= DOUBTFUL_MAX) this.#doubtful.delete(oldest);
    this.#doubtful.set(record.id, record);
    void this.settle();
  }

  async #takeAllBack(): Promise<void> {
    for (const [id, record] of this.#doubtful) {
      try {
        await this.store.takeBack(record);
        this.#doubtful.delete(id);
      } catch (error) {
        this.#log.warn('Could not take back a session that could not be made', { err: error, sessionId: id });
        // A store that is away is not asked once for each, and one that is held back does not hold back the others.
        this.#doubtful.delete(id);
        this.#doubtful.set(id, record);
        return;
      }
    }
  }
}
