import type { CancelTimer, Clock } from '@jiga/contracts';

export interface StallWatchdogOptions {
  readonly clock: Clock;
  /** Nothing new has come for longer than a segment can take. */
  readonly onStall: () => void;
  /** It has not come back: the stream must be connected anew. */
  readonly onStale: () => void;
}

/** From here on a stream of two-second segments counts as stalled; longer segments are given as much grace. */
const STALL_MS = 5000;
const GRACE_MS = 3000;
const STALE_MS = 15_000;

/** Watches that new segments keep coming. Begins with the first {@link StallWatchdog.fed}. */
export class StallWatchdog {
  #cancelStall: CancelTimer = () => undefined;
  #cancelStale: CancelTimer = () => undefined;

  constructor(private readonly options: StallWatchdogOptions) {}

  /** A new segment is there. */
  fed(segmentS: number, targetS: number): void {
    this.stop();
    const { clock, onStall, onStale } = this.options;
    const stallMs = Math.max(STALL_MS, segmentS * 1000 + GRACE_MS);
    this.#cancelStall = clock.after(stallMs, onStall);
    // Some playlists promise shorter segments than they have.
    this.#cancelStale = clock.after(Math.max(3000 * Math.max(targetS, segmentS), STALE_MS), onStale);
  }

  stop(): void {
    this.#cancelStall();
    this.#cancelStale();
  }
}
