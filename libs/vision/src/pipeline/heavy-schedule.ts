import type { ReadingScope } from '../recognition/worker.messages.js';

/** A change of the HUD brings a look at its numbers forward to this part of the interval. */
const EARLY_PART = 6;

/** How long a frame may wait for other sessions' when the interval has just passed, and at most. Milliseconds. */
const WAIT_MS = 60;
const LONGEST_WAIT_MS = 160;

/** A moment by both clocks. Seconds of the stream can be anything a client sends; the arrival clock only rises. */
export interface Moment {
  /** Capture time, Unix seconds. */
  readonly timestamp: number;
  /** Milliseconds of the server's monotonic clock. */
  readonly arrivedAtMs: number;
}

/** A heavy stage that has begun: what it reads, and whether a cut of the scene is among what it sees. */
export interface HeavyStart {
  readonly scope: ReadingScope;
  readonly sceneCut: boolean;
}

/**
 * Decides which frames get the heavy stage: all is read in the first one, in one each interval and after a cut; numbers
 * also earlier when one changed. A change that is seen while a heavy stage is under way, or too soon after one, is kept
 * until its turn comes.
 */
export class HeavySchedule {
  private first: Moment | null = null;
  /** The last heavy stage, and the last one that read all. */
  private last: Moment | null = null;
  private lastFull: Moment | null = null;
  private running = false;
  private cutPending = false;
  private changePending = false;
  /** Something other than numbers has not been read that should have been. */
  private fullPending = false;

  constructor(private intervalMs: number) {}

  /** Takes another interval, from the last heavy stage on. Milliseconds. */
  setInterval(intervalMs: number): void {
    this.intervalMs = intervalMs;
  }

  noteCut(): void {
    this.cutPending = true;
  }

  noteChange(): void {
    this.changePending = true;
  }

  /** There was no time for all that was to be read: the rest must not wait for another interval. */
  noteUnread(): void {
    this.fullPending = true;
  }

  /**
   * Whether a heavy stage that would wait so long for those of other sessions may begin: the longer ago the last one was,
   * the longer may it wait. So answers stay quick on a machine that is full, the heavy stages become rarer for all alike,
   * and whoever has had none for the longest is next.
   */
  hasRoom(now: Moment, waitMs: number): boolean {
    this.first ??= now;
    const since = this.isIntervalOver(now) ? this.lastFull : this.last;
    const intervals = elapsedMs(since ?? this.first, now) / this.intervalMs;
    const least = this.cutPending || !this.last ? 1 : 0;
    return waitMs <= Math.min(LONGEST_WAIT_MS, WAIT_MS * Math.max(least, intervals));
  }

  /**
   * Whether a change would bring the heavy stage forward to this frame: only then is it worth looking for one. What
   * changed before is seen then too, since frames are compared with the one that was read last.
   */
  wantsChanges(now: Moment): boolean {
    if (this.running || this.cutPending || this.changePending || this.isIntervalOver(now)) return false;
    return this.mayBeEarly(now);
  }

  /** What of the frame of this moment is to be read in a heavy stage; null = it gets none. */
  due(now: Moment): ReadingScope | null {
    if (this.running) return null;
    if (this.cutPending || this.isIntervalOver(now)) return 'all';
    if (!this.mayBeEarly(now)) return null;
    if (this.fullPending) return 'all';
    return this.changePending ? 'numbers' : null;
  }

  /** The heavy stage begins with this frame; it sees every change that was noted so far. */
  begin(now: Moment, scope: ReadingScope): HeavyStart {
    const sceneCut = this.cutPending;
    this.last = now;
    this.running = true;
    this.cutPending = false;
    this.changePending = false;
    if (scope === 'all') {
      this.lastFull = now;
      this.fullPending = false;
    }
    return { scope, sceneCut };
  }

  /** It ended; if it failed, what it should have seen still has to be seen. */
  end(scope: ReadingScope, succeeded: boolean): void {
    this.running = false;
    if (succeeded) return;
    this.changePending = true;
    if (scope === 'all') this.fullPending = true;
  }

  private isIntervalOver(now: Moment): boolean {
    return !this.lastFull || elapsedMs(this.lastFull, now) >= this.intervalMs;
  }

  private mayBeEarly(now: Moment): boolean {
    return this.last !== null && elapsedMs(this.last, now) >= this.intervalMs / EARLY_PART;
  }
}

/**
 * Time between two moments by whichever clock says more. Replays run faster than real time, so the stream's clock
 * counts; a stream whose clock stands still or goes back is served by the arrival clock.
 */
export function elapsedMs(from: Moment, to: Moment): number {
  const byStream = (to.timestamp - from.timestamp) * 1000;
  return Math.max(to.arrivedAtMs - from.arrivedAtMs, Number.isFinite(byStream) ? byStream : 0);
}
