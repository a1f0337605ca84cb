import { SessionState } from '@jiga/contracts';

import { ReplayRing, type RingLimits } from './replay-ring.js';
import type { SessionEvent, TimelineEntry } from './timeline-entry.js';

export type EntryListener = (entry: TimelineEntry) => void;

/** The timeline of one session while it is written to: numbers events, keeps the newest, tells those who follow. */
export class SessionJournal {
  readonly #ring: ReplayRing;
  readonly #listeners = new Set<EntryListener>();
  readonly #latest = new Map<string, SessionEvent>();
  #last: number;
  #hasEnded: boolean;

  /** @param past what the store knows of it: the sequence of its newest entry, and whether the session has ended */
  constructor(
    readonly sessionId: string,
    limits: RingLimits,
    past: { readonly last: number; readonly hasEnded: boolean } = { last: 0, hasEnded: false },
  ) {
    this.#last = past.last;
    this.#hasEnded = past.hasEnded;
    this.#ring = new ReplayRing(limits);
  }

  /** Sequence of the newest entry; 0 = none. */
  get lastSequence(): number {
    return this.#last;
  }

  /** Whether the session has ended: nothing more is to come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get followers(): number {
    return this.#listeners.size;
  }

  /** Id of the newest event in memory. */
  get lastEventId(): string | null {
    return this.#ring.after(this.#last - 1)?.[0]?.event.event_id ?? null;
  }

  /** The newest event in memory of each type: together, the state of things. */
  get latest(): readonly SessionEvent[] {
    return [...this.#latest.values()];
  }

  /** @param bytes size of the event's data as JSON */
  append(event: SessionEvent, bytes: number): TimelineEntry {
    const entry: TimelineEntry = { sequence: ++this.#last, event };
    this.#ring.push(entry, bytes);
    this.#latest.set(event.type, event);
    if (endsSession(event)) this.#hasEnded = true;
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** Calls `listener` for every entry from now on; returns what ends that. */
  follow(listener: EntryListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Where the event stands, or null when it is not in memory. */
  sequenceOf(eventId: string): number | null {
    return this.#ring.sequenceOf(eventId);
  }

  /** All entries after this one; null when memory does not hold them all. */
  after(sequence: number): TimelineEntry[] | null {
    if (sequence >= this.#last) return [];
    return this.#ring.oldest ? this.#ring.after(sequence) : null;
  }
}

/** Whether this is the last change of state that a session makes. */
export function endsSession({ type, data }: SessionEvent): boolean {
  if (type !== 'session.state_changed' || !('to' in data)) return false;
  return data.to === SessionState.CLOSED || data.to === SessionState.ERROR;
}
