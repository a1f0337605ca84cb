import type { LiveSession } from '../live-session.js';
import type { SessionTransition } from '../session-record.js';
import type { SessionStore } from '../session.store.js';

/**
 * Writes the record of one session, one write after the other, so that none brings an older state back. Changes of state
 * that could not be written go with the next write.
 */
export class RecordWriter {
  #writing: Promise<void> = Promise.resolve();
  #unwritten: readonly SessionTransition[] = [];

  constructor(
    private readonly live: LiveSession,
    private readonly store: Pick<SessionStore, 'update'>,
  ) {}

  /** Writes the record as it is when its turn comes. */
  write(transitions: readonly SessionTransition[] = []): Promise<void> {
    this.#unwritten = [...this.#unwritten, ...transitions];
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writeNow());
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { record, metrics } = this.live;
    const transitions = this.#unwritten;
    await this.store.update({ ...record, metrics: record.metrics ?? metrics.snapshot() }, transitions);
    this.#unwritten = this.#unwritten.slice(transitions.length);
  }
}
