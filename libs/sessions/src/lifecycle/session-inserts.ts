import { Logger } from '@nestjs/common';

import type { SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionStore } from '../session.store.js';

/**
 * Puts new sessions into the store. Of one that failed nobody knows whether the store took it, and its client is told that
 * there is none: it is taken back as soon as the store answers, and before the next is put in, so that what waits for it
 * is never more than what was put in at once.
 */
export class SessionInserts {
  readonly #log = new Logger(SessionInserts.name);
  readonly #doubtful = new Map<string, SessionRecord>();
  #settling: Promise<void> | null = null;

  constructor(private readonly store: Pick<SessionStore, 'insert' | 'takeBack'>) {}

  async insert(record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void> {
    await this.#settle();
    try {
      await this.store.insert(record, transitions);
    } catch (error) {
      this.#doubtful.set(record.id, record);
      // Not waited for: a database that says nothing any more would keep the client waiting twice as long.
      void this.settle();
      throw error;
    }
  }

  /** Takes back what is in doubt; false when the store does not answer. */
  async settle(): Promise<boolean> {
    try {
      await this.#settle();
      return true;
    } catch (error) {
      this.#log.warn('Could not take back sessions that could not be made', { err: error, count: this.#doubtful.size });
      return false;
    }
  }

  /** Rejects when the store does not answer. Called while it takes back, it joins. */
  async #settle(): Promise<void> {
    if (this.#doubtful.size > 0) await (this.#settling ??= this.#takeAllBack());
  }

  async #takeAllBack(): Promise<void> {
    try {
      for (const [id, record] of this.#doubtful) {
        await this.store.takeBack(record);
        this.#doubtful.delete(id);
      }
    } finally {
      this.#settling = null;
    }
  }
}
