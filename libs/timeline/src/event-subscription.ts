import { passesEventFilters } from '@jiga/contracts';

import type { SessionJournal } from './session-journal.js';
import { endsSession } from './session-journal.js';
import { isCritical, type EventTypes, type SessionEvent, type TimelineEntry } from './timeline-entry.js';

/** History that a subscriber cannot be given. `missed` is null when nobody knows how much it was. */
export interface ResumeGap {
  readonly from: string;
  /** The first event that follows; null when none does yet. */
  readonly oldest: string | null;
  readonly missed: number | null;
}

/** Where a subscription's events go: one client. */
export interface EventSink {
  /** Whether the client has read enough of what was sent that more may be sent now. */
  hasRoom(): boolean;
  /** Calls back once when it may have. */
  whenRoom(callback: () => void): void;
  sendEvent(event: SessionEvent): void;
  sendGap(gap: ResumeGap): void;
  /** The client was too slow: these many of its events are not coming. */
  sendDropped(count: number): void;
  /** The session has ended and all that the client is to get was sent. Called once, last. */
  onEnd(): void;
}

/** A way into the history: entries after a sequence, oldest first, at most a page of them. */
export type ReadHistory = (after: number) => Promise<TimelineEntry[]>;

export interface SubscriptionDeps {
  readonly journal: SessionJournal;
  readonly sink: EventSink;
  readonly readHistory: ReadHistory;
  readonly queueMax: number;
  readonly resumeMax: number;
  /** Told when the history cannot be read; the subscription is over then. */
  readonly onFailure: (error: unknown) => void;
}

/** A stretch of history to send before what is live: entries after `cursor` up to `until`. */
interface Replay {
  readonly from: string;
  readonly until: number;
  cursor: number;
  /** What stands at or before this is not sent again: too much was missed. */
  readonly floor: number;
  /** Read and not yet sent. */
  entries: TimelineEntry[];
  isReading: boolean;
}

/**
 * One client following one session: first what it missed, then what happens, in order and each once. It holds at most
 * `queueMax` events for a client that reads slowly; beyond that the client loses its own oldest fleeting ones and is told
 * how many. It never makes anybody else wait.
 */
export class EventSubscription {
  #types: EventTypes;
  #queue: SessionEvent[] = [];
  #replay: Replay | null = null;
  #dropped = 0;
  #hasEnded: boolean;
  #isWaiting = false;
  #isClosed = false;
  readonly #unfollow: () => void;

  /** To be followed by {@link start} or {@link resume} in the same turn. */
  constructor(
    private readonly deps: SubscriptionDeps,
    types: EventTypes,
  ) {
    this.#types = types;
    this.#hasEnded = deps.journal.hasEnded;
    this.#unfollow = deps.journal.follow((entry) => this.#onEntry(entry));
  }

  get types(): EventTypes {
    return this.#types;
  }

  /** Which events to send from now on; what is queued and no longer wanted goes. */
  setTypes(types: EventTypes): void {
    this.#types = types;
    this.#queue = this.#queue.filter((event) => this.#wants(event));
  }

  /** Sends what happens from now on. */
  start(): void {
    this.#pump();
  }

  /**
   * Sends what came after an event, then what happens from now on.
   * @param sequence where the event stands; null when nobody knows it any more
   */
  resume(from: string, sequence: number | null): void {
    const until = this.deps.journal.lastSequence;
    if (sequence === null) this.deps.sink.sendGap({ from, oldest: null, missed: null });
    else {
      const floor = Math.max(sequence, until - this.deps.resumeMax);
      this.#replay = { from, until, cursor: sequence, floor, entries: [], isReading: false };
    }
    this.#pump();
  }

  /** Ends it; nothing is sent any more. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#unfollow();
    this.#queue = [];
    this.#replay = null;
  }

  #onEntry({ event }: TimelineEntry): void {
    if (endsSession(event)) this.#hasEnded = true;
    if (this.#wants(event)) {
      this.#queue.push(event);
      if (this.#queue.length > this.deps.queueMax) this.#dropOldest();
    }
    this.#pump();
  }

  #wants(event: SessionEvent): boolean {
    return this.#types === null || passesEventFilters(this.#types, event.type);
  }

  #dropOldest(): void {
    const fleeting = this.#queue.findIndex((event) => !isCritical(event));
    this.#queue.splice(Math.max(fleeting, 0), 1);
    this.#dropped++;
  }

  #pump(): void {
    while (!this.#isClosed && !this.#isWaiting && this.#hasWork()) {
      if (!this.deps.sink.hasRoom()) return this.#wait();
      if (this.#replay) {
        if (!this.#sendReplay(this.#replay)) return;
      } else this.#sendLive();
    }
    if (!this.#isClosed && this.#hasEnded && !this.#hasWork()) queueMicrotask(() => this.#finish());
  }

  #hasWork(): boolean {
    return this.#replay !== null || this.#queue.length > 0;
  }

  #wait(): void {
    this.#isWaiting = true;
    this.deps.sink.whenRoom(() => {
      this.#isWaiting = false;
      this.#pump();
    });
  }

  /** The last change of state may have company, published in the same turn. */
  #finish(): void {
    if (this.#isClosed || this.#hasWork()) return;
    this.close();
    this.deps.sink.onEnd();
  }

  #sendLive(): void {
    if (this.#dropped > 0) {
      this.deps.sink.sendDropped(this.#dropped);
      this.#dropped = 0;
    }
    const event = this.#queue.shift();
    if (event) this.deps.sink.sendEvent(event);
  }

  /** One step of the replay; false when it has to wait for the history. */
  #sendReplay(replay: Replay): boolean {
    const entry = replay.entries.shift();
    if (entry) {
      if (entry.sequence > replay.cursor + 1) this.#tellGap(replay, entry);
      replay.cursor = entry.sequence;
      if (this.#wants(entry.event)) this.deps.sink.sendEvent(entry.event);
      return true;
    }
    if (replay.cursor >= replay.until) {
      this.#replay = null;
      return true;
    }
    if (!replay.isReading) void this.#readMore(replay);
    return false;
  }

  /** Entries between were lost, or are past their time. */
  #tellGap({ from, cursor }: Replay, next: TimelineEntry): void {
    this.deps.sink.sendGap({ from, oldest: next.event.event_id, missed: next.sequence - cursor - 1 });
  }

  async #readMore(replay: Replay): Promise<void> {
    replay.isReading = true;
    try {
      const after = Math.max(replay.cursor, replay.floor);
      const page = this.deps.journal.after(after) ?? (await this.deps.readHistory(after));
      replay.entries = page.filter(({ sequence }) => sequence <= replay.until);
      if (replay.entries.length === 0) this.#endWithHole(replay);
    } catch (error) {
      if (!this.#isClosed) this.deps.onFailure(error);
      return this.close();
    } finally {
      replay.isReading = false;
    }
    this.#pump();
  }

  /** The newest of what was missed is not kept: nothing of the replay is left to send. */
  #endWithHole(replay: Replay): void {
    if (!this.#isClosed) {
      const { from, until, cursor } = replay;
      this.deps.sink.sendGap({ from, oldest: null, missed: until - cursor });
    }
    replay.cursor = replay.until;
  }
}
