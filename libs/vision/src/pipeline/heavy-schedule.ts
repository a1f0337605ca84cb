/** Changes of the scene or the HUD bring the next heavy stage forward to this part of the interval. */
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

/**
 * Decides which frames get the heavy stage: the first one, one each interval, and earlier when something changed. A
 * change that is seen while a heavy stage is under way, or too soon after one, is kept until its turn comes.
 */
export class HeavySchedule {
  private first: Moment | null = null;
  private last: Moment | null = null;
  private running = false;
  private cutPending = false;
  private changePending = false;

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

  /**
   * Whether a heavy stage that would wait so long for those of other sessions may begin: the longer ago the last one was,
   * the longer may it wait. So answers stay quick on a machine that is full, the heavy stages become rarer for all alike,
   * and whoever has had none for the longest is next.
   */
  hasRoom(now: Moment, waitMs: number): boolean {
    this.first ??= now;
    const intervals = elapsedMs(this.last ?? this.first, now) / this.intervalMs;
    const least = this.cutPending || !this.last ? 1 : 0;
    return waitMs <= Math.min(LONGEST_WAIT_MS, WAIT_MS * Math.max(least, intervals));
  }

  /**
   * Whether a change would bring the heavy stage forward to this frame: only then is it worth looking for one. What
   * changed before is seen then too, since frames are compared with the one that was read last.
   */
  wantsChanges(now: Moment): boolean {
    if (this.running || !this.last || this.cutPending || this.changePending) return false;
    const elapsed = elapsedMs(this.last, now);
    return elapsed >= this.intervalMs / EARLY_PART && elapsed < this.intervalMs;
  }

  /** Whether the frame of this moment is to get the heavy stage. */
  isDue(now: Moment): boolean {
    if (this.running) return false;
    if (!this.last || this.cutPending) return true;
    const elapsed = elapsedMs(this.last, now);
    return elapsed >= this.intervalMs || (this.changePending && elapsed >= this.intervalMs / EARLY_PART);
  }

  /** The heavy stage begins with this frame; it sees every change that was noted so far. Tells if a cut was among them. */
  begin(now: Moment): { readonly sceneCut: boolean } {
    const sceneCut = this.cutPending;
    this.last = now;
    this.running = true;
    this.cutPending = false;
    this.changePending = false;
    return { sceneCut };
  }

  /** It ended; if it failed, what it should have seen still has to be seen. */
  end(succeeded: boolean): void {
    this.running = false;
    if (!succeeded) this.changePending = true;
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
