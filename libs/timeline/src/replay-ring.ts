import type { TimelineEntry } from './timeline-entry.js';

export interface RingLimits {
  readonly replayEvents: number;
  /** Of the events' data as JSON. */
  readonly replayBytes: number;
}

interface Slot {
  readonly entry: TimelineEntry;
  readonly bytes: number;
}

/** The newest entries of one session, bounded by number and size; the newest one is always there. */
export class ReplayRing {
  readonly #slots: Slot[] = [];
  readonly #sequenceOf = new Map<string, number>();
  /** Slots before this index are gone; they are cut off in bulk, so that dropping one costs nothing. */
  #start = 0;
  #bytes = 0;

  constructor(private readonly limits: RingLimits) {}

  get size(): number {
    return this.#slots.length - this.#start;
  }

  get oldest(): TimelineEntry | null {
    return this.#slots[this.#start]?.entry ?? null;
  }

  push(entry: TimelineEntry, bytes: number): void {
    this.#slots.push({ entry, bytes });
    this.#sequenceOf.set(entry.event.event_id, entry.sequence);
    this.#bytes += bytes;
    const { replayEvents, replayBytes } = this.limits;
    while (this.size > 1 && (this.size > replayEvents || this.#bytes > replayBytes)) this.#dropOldest();
  }

  /** Where the event stands, or null when it is not, or no longer, here. */
  sequenceOf(eventId: string): number | null {
    return this.#sequenceOf.get(eventId) ?? null;
  }

  /** All entries after this one, oldest first; null when some of them are no longer here. */
  after(sequence: number): TimelineEntry[] | null {
    const oldest = this.oldest;
    if (!oldest) return [];
    if (sequence < oldest.sequence - 1) return null;
    return this.#slots.slice(this.#start + sequence - oldest.sequence + 1).map(({ entry }) => entry);
  }

  #dropOldest(): void {
    const slot = this.#slots[this.#start];
    if (!slot) return;
    this.#start++;
    this.#bytes -= slot.bytes;
    this.#sequenceOf.delete(slot.entry.event.event_id);
    if (this.#start < 64 || this.#start * 2 < this.#slots.length) return;
    this.#slots.splice(0, this.#start);
    this.#start = 0;
  }
}
