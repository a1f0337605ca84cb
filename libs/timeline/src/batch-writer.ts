import { Logger } from '@nestjs/common';

import type { CancelTimer, Clock } from '@jiga/contracts';

import type { EventRow, EventStore } from './event.store.js';
import { isCritical, type TimelineEntry } from './timeline-entry.js';

export interface WriterLimits {
  readonly queueMax: number;
  readonly batchMax: number;
  readonly flushMs: number;
}

export interface WriterStats {
  /** Waiting to be written, those being written included. */
  readonly waiting: number;
  readonly written: number;
  /** Given up because the queue was full: missing from what is kept. */
  readonly lost: number;
}

interface FlushWaiter {
  /** Resolves when everything up to this ticket is kept or given up. */
  readonly ticket: number;
  readonly resolve: () => void;
}

interface Queued {
  readonly ticket: number;
  readonly row: EventRow;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * Writes entries behind the events that made them: whoever records never waits. One batch is under way at a time, in
 * order; a batch that fails is tried again until it succeeds, and since keeping an entry twice changes nothing, it does
 * no harm if it had succeeded. Memory is bounded: when the database is away for long, the oldest fleeting events are
 * given up first.
 */
export class BatchWriter {
  readonly #log = new Logger(BatchWriter.name);
  readonly #waiters: FlushWaiter[] = [];
  #queue: Queued[] = [];
  #underWay: readonly Queued[] = [];
  #run: Promise<void> | null = null;
  /** The store's answer to the batch under way, whatever it is; null between two attempts. */
  #attempt: Promise<void> | null = null;
  #cancelTimer: CancelTimer | null = null;
  #wake: (() => void) | null = null;
  #tickets = 0;
  #written = 0;
  #lost = 0;
  #failures = 0;
  #isClosed = false;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly limits: WriterLimits,
  ) {}

  get stats(): WriterStats {
    return { waiting: this.#queue.length + this.#underWay.length, written: this.#written, lost: this.#lost };
  }

  /** null when writing works; what is wrong otherwise. */
  get problem(): string | null {
    return this.#failures > 0 ? `${this.stats.waiting} events wait for the database` : null;
  }

  add(row: EventRow): void {
    if (this.#isClosed) {
      this.#lost++;
      return;
    }
    this.#queue.push({ ticket: ++this.#tickets, row });
    if (this.#queue.length > this.limits.queueMax) this.#giveUpOne();
    if (this.#run) return;
    if (this.#queue.length >= this.limits.batchMax) this.#start();
    else this.#cancelTimer ??= this.clock.after(this.limits.flushMs, () => this.#start());
  }

  /** Entries of this session that may not be kept yet, oldest first. */
  waitingOf(sessionId: string): TimelineEntry[] {
    return [...this.#underWay, ...this.#queue]
      .map(({ row }) => row.entry)
      .filter(({ event }) => event.session_id === sessionId);
  }

  /** Resolves when all that was added before is kept. */
  flush(): Promise<void> {
    if (this.stats.waiting === 0) return Promise.resolve();
    const flushed = new Promise<void>((resolve) => this.#waiters.push({ ticket: this.#tickets, resolve }));
    this.#start();
    return flushed;
  }

  /** Forgets what waits for these sessions; resolves when nothing of theirs is being written any more. */
  async discard(sessionIds: ReadonlySet<string>): Promise<void> {
    const isOthers = ({ row }: Queued): boolean => !sessionIds.has(row.entry.event.session_id);
    this.#queue = this.#queue.filter(isOthers);
    // A batch that fails is tried again without them.
    this.#underWay = this.#underWay.filter(isOthers);
    await this.#attempt;
    this.#settle();
  }

  /** Writes what is left, for as long as `graceMs`; resolves to how many entries could not be written. */
  async close(graceMs: number): Promise<number> {
    this.#isClosed = true;
    let cancel: CancelTimer = () => {};
    const deadline = new Promise<void>((resolve) => (cancel = this.clock.after(graceMs, resolve)));
    await Promise.race([this.flush(), deadline]);
    cancel();
    const left = this.stats.waiting;
    this.#lost += left;
    this.#queue = [];
    this.#wake?.();
    this.#settle();
    return left;
  }

  #start(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#wake?.();
    if (this.#run || this.#queue.length === 0) return;
    this.#run = this.#drain().finally(() => {
      this.#run = null;
      // What came after the last look at the queue waits for its own timer.
      if (this.#queue.length > 0) this.#cancelTimer ??= this.clock.after(this.limits.flushMs, () => this.#start());
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#underWay = this.#queue.splice(0, this.limits.batchMax);
      await this.#write();
      this.#underWay = [];
      this.#settle();
    }
  }

  async #write(): Promise<void> {
    while (!(await this.#tryWrite())) {
      if (this.#isClosed && this.#queue.length === 0) return;
      await this.#pause();
    }
  }

  async #tryWrite(): Promise<boolean> {
    const batch = this.#underWay;
    const writing = this.store.append(batch.map(({ row }) => row));
    this.#attempt = writing.catch(() => {});
    try {
      await writing;
      this.#failures = 0;
      this.#written += batch.length;
      return true;
    } catch (error) {
      this.#failures++;
      if (this.#failures === 1) this.#log.error('Events cannot be written; trying again', { err: error });
      return false;
    } finally {
      this.#attempt = null;
    }
  }

  /** Waits longer after each failure; a flush cuts the wait short. */
  async #pause(): Promise<void> {
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LAST_RETRY_MS);
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }

  #giveUpOne(): void {
    const fleeting = this.#queue.findIndex(({ row }) => !isCritical(row.entry.event));
    this.#queue.splice(Math.max(fleeting, 0), 1);
    this.#lost++;
    if (this.#lost === 1) this.#log.warn('Too many events wait for the database: the oldest go unwritten');
  }

  #settle(): void {
    const oldest = this.#underWay[0] ?? this.#queue[0];
    const done = this.#waiters.filter(({ ticket }) => !oldest || oldest.ticket > ticket);
    for (const waiter of done) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve();
    }
  }
}
