import { AppError } from '@jiga/contracts';
import type { SessionConfiguration } from '@jiga/contracts';

import type { ConfigurationChanges, LiveSession } from '../live-session.js';
import type { SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionStore } from '../session.store.js';

/**
 * Writes the record of one session, one write after the other, so that none brings an older state back. Changes of state
 * that could not be written, or of which nobody knows whether they were, go with the next write.
 */
export class RecordWriter {
  #writing: Promise<unknown> = Promise.resolve();
  #unwritten: readonly SessionTransition[] = [];

  /** @param written how many changes of state are in the store already */
  constructor(
    private readonly live: LiveSession,
    private readonly store: Pick<SessionStore, 'update'>,
    private written: number,
  ) {}

  /** Writes the record as it is when its turn comes. */
  write(transitions: readonly SessionTransition[] = []): Promise<void> {
    this.#unwritten = [...this.#unwritten, ...transitions];
    return this.#inTurn(() => this.#writeNow(this.live.record));
  }

  /**
   * Writes changed settings, and puts them in effect once they are kept. Resolves to the settings before. Throws AppError
   * `session_closed` when the session begins to end meanwhile: it ends with the settings it had.
   */
  reconfigure(changes: ConfigurationChanges): Promise<SessionConfiguration> {
    return this.#inTurn(async () => {
      const changed = this.live.recordWith(changes);
      await this.#writeNow(changed);
      if (this.live.signal.aborted) throw new AppError('session_closed');
      const before = this.live.configuration;
      this.live.reconfigure(changes, changed.updatedAt);
      return before;
    });
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#writing.catch(() => {}).then(write);
    this.#writing = turn;
    return turn;
  }

  async #writeNow(record: SessionRecord): Promise<void> {
    const transitions = this.#unwritten;
    const metrics = record.metrics ?? this.live.metrics.snapshot();
    await this.store.update({ ...record, metrics }, transitions, this.written);
    this.written += transitions.length;
    this.#unwritten = this.#unwritten.slice(transitions.length);
  }
}
