import type { CancelTimer, Clock } from '@jiga/contracts';

import type { StreamFrame } from '../stream-ingest.port.js';

export interface FrameOutletOptions {
  readonly clock: Clock;
  /** Hand frames over together as soon as they are there, instead of spaced as they were captured. */
  readonly batches: boolean;
  /** Frames that may wait, at first. */
  readonly capacity: number;
  readonly deliver: (frames: readonly StreamFrame[]) => void | Promise<void>;
  readonly onDropped: () => void;
  readonly onDelivered: (newest: StreamFrame, count: number) => void;
  readonly onError: (error: unknown) => void;
}

const BATCH_MAX = 10;
/** However long segments are. */
const CAPACITY_MAX = 300;
/** Frames of one segment come out of the decoder within about this time. */
const BATCH_WINDOW_MS = 250;
/** Frames are not held back for longer than this where there is nothing to show meanwhile. */
const HOLD_MAX_MS = 3000;

/**
 * Between the decoder, which gives the frames of a whole segment at once, and whoever looks at them: spaces them as they
 * were captured, hands over one after another, and drops the oldest when too many wait.
 */
export class FrameOutlet {
  readonly #queue: StreamFrame[] = [];
  /** The capture time, in seconds, that is due at a time of the clock, in milliseconds. */
  #anchor: { readonly capturedAt: number; readonly atMs: number } | null = null;
  /** When the newest frame was captured, in seconds. */
  #newestAt: number | null = null;
  #cancelTimer: CancelTimer | null = null;
  #isBusy = false;
  #isClosed = false;
  #roomWaiter: (() => void) | null = null;

  #capacity: number;

  constructor(private readonly options: FrameOutletOptions) {
    this.#capacity = options.capacity;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Lets so many frames wait, when that is more than before: those of a long segment come all at once. */
  allow(frames: number): void {
    this.#capacity = Math.max(this.#capacity, Math.min(Math.ceil(frames), CAPACITY_MAX));
  }

  push(frame: StreamFrame): void {
    if (this.#isClosed) return;
    if (!this.options.batches) this.#adjust(frame);
    this.#queue.push(frame);
    if (this.#queue.length > this.#capacity) {
      this.#queue.shift();
      this.options.onDropped();
    }
    this.#schedule();
  }

  /** Resolves when less than half of what may wait does: for a source that need not drop anything. */
  async whenRoomy(): Promise<void> {
    if (this.#isClosed || this.#isRoomy()) return;
    await new Promise<void>((resolve) => (this.#roomWaiter = resolve));
  }

  /** Resolves when nothing waits any more. */
  async whenEmpty(): Promise<void> {
    while (!this.#isClosed && (this.#queue.length > 0 || this.#isBusy)) {
      await new Promise<void>((resolve) => (this.#roomWaiter = resolve));
    }
  }

  /** Drops what waits. May be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#cancelTimer?.();
    this.#roomWaiter?.();
  }

  /**
   * A frame that comes later than it is due moves everything after it: the stream was held up. Content that is missing before
   * it is not waited for; nor is a frame, when nothing else waits, that would have to wait for long.
   */
  #adjust({ capturedAt }: StreamFrame): void {
    const now = this.options.clock.monotonicMs();
    const dueMs = this.#dueMs(capturedAt);
    const before = this.#newestAt;
    this.#newestAt = capturedAt;
    if (dueMs === null || dueMs < now) {
      this.#anchor = { capturedAt, atMs: now };
      return;
    }
    const isIdle = this.#queue.length === 0 && !this.#isBusy;
    const isAfterGap = before !== null && (capturedAt - before) * 1000 > HOLD_MAX_MS;
    if (!isAfterGap && !(isIdle && dueMs > now + HOLD_MAX_MS)) return;
    const waitingUntilMs = isIdle || before === null ? now : (this.#dueMs(before) ?? now);
    this.#anchor = { capturedAt, atMs: Math.max(now, waitingUntilMs) };
  }

  #dueMs(capturedAt: number): number | null {
    return this.#anchor && this.#anchor.atMs + (capturedAt - this.#anchor.capturedAt) * 1000;
  }

  #schedule(): void {
    if (this.#isBusy || this.#isClosed || this.#cancelTimer) return;
    const [next] = this.#queue;
    if (!next) return;
    const { clock, batches } = this.options;
    const isFull = this.#queue.length >= BATCH_MAX;
    const waitMs = batches ? (isFull ? 0 : BATCH_WINDOW_MS) : (this.#dueMs(next.capturedAt) ?? 0) - clock.monotonicMs();
    this.#cancelTimer = clock.after(Math.max(0, waitMs), () => {
      this.#cancelTimer = null;
      void this.#deliver();
    });
  }

  async #deliver(): Promise<void> {
    const frames = this.#queue.splice(0, this.options.batches ? BATCH_MAX : 1);
    const newest = frames.at(-1);
    if (!newest) return;
    this.#isBusy = true;
    this.options.onDelivered(newest, frames.length);
    try {
      await this.options.deliver(frames);
    } catch (error) {
      this.options.onError(error);
    } finally {
      this.#isBusy = false;
      if (this.#isRoomy()) this.#releaseRoom();
      this.#schedule();
    }
  }

  #isRoomy(): boolean {
    return this.#queue.length < this.#capacity / 2;
  }

  #releaseRoom(): void {
    const waiter = this.#roomWaiter;
    this.#roomWaiter = null;
    waiter?.();
  }
}
