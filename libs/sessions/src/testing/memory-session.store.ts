import type { SessionMetricsSnapshot } from '../metrics/session-metrics.js';
import type { SessionRecord, SessionTransition } from '../session-record.js';
import type { SessionFilter, SessionPosition, SessionStore } from '../session.store.js';

/** Keeps sessions as long as the test runs. `beforeWrite` lets the test delay or fail a write. */
export class MemorySessionStore implements SessionStore {
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  readonly #records = new Map<string, SessionRecord>();
  readonly #transitions = new Map<string, readonly SessionTransition[]>();

  async insert(record: SessionRecord, transitions: readonly SessionTransition[]): Promise<void> {
    await this.beforeWrite();
    this.#records.set(record.id, record);
    this.#transitions.set(record.id, transitions);
  }

  async takeBack({ id }: SessionRecord): Promise<void> {
    await this.beforeWrite();
    this.#records.delete(id);
    this.#transitions.delete(id);
  }

  async update(record: SessionRecord, transitions: readonly SessionTransition[], before: number): Promise<void> {
    const kept = this.#transitions.get(record.id) ?? [];
    await this.insert(record, [...kept, ...transitions.slice(kept.length - before)]);
  }

  async keepMetrics(figures: ReadonlyMap<string, SessionMetricsSnapshot>): Promise<void> {
    await this.beforeWrite();
    for (const [id, metrics] of figures) {
      const record = this.#records.get(id);
      if (record?.endedAt === null) this.#records.set(id, { ...record, metrics });
    }
  }

  find(id: string): Promise<SessionRecord | null> {
    return Promise.resolve(this.#records.get(id) ?? null);
  }

  list(filter: SessionFilter, limit: number, after?: SessionPosition): Promise<SessionRecord[]> {
    const found = [...this.#records.values()]
      .filter(({ owner, state }) => owner === (filter.owner ?? owner) && state === (filter.state ?? state))
      .filter(({ createdAt }) => !after || createdAt < after.createdAt);
    return Promise.resolve(found.slice(0, limit));
  }

  transitionsOf(id: string): Promise<SessionTransition[]> {
    return Promise.resolve([...(this.#transitions.get(id) ?? [])]);
  }

  endedBefore(at: number, limit: number): Promise<string[]> {
    return Promise.resolve(this.#idsWhere(({ endedAt }) => endedAt !== null && endedAt < at).slice(0, limit));
  }

  idsOfUser(userId: string, ofOwner: string | null): Promise<string[]> {
    const matches = ({ configuration, owner }: SessionRecord): boolean =>
      configuration.user_id === userId && owner === (ofOwner ?? owner);
    return Promise.resolve(this.#idsWhere(matches));
  }

  remove(ids: readonly string[]): Promise<number> {
    return Promise.resolve(ids.filter((id) => this.#records.delete(id)).length);
  }

  endInterrupted(): Promise<SessionRecord[]> {
    return Promise.resolve([]);
  }

  #idsWhere(matches: (record: SessionRecord) => boolean): string[] {
    return [...this.#records.values()].filter(matches).map(({ id }) => id);
  }
}
