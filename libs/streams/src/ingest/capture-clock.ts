/** Times of capture that go back by less are the same content again. */
const OVERLAP_MAX_S = 10;

/** Puts the frames of a stream on a clock that only rises, through whatever its own does. */
export class CaptureClock {
  #lastS = -Infinity;
  #shiftS = 0;

  /** @param fps at most */
  constructor(private readonly fps: number) {}

  /** The time of a frame, Unix seconds; null for content that has been looked at before. */
  rising(capturedAt: number): number | null {
    const apartS = 1 / this.fps;
    const behindS = this.#lastS - (capturedAt + this.#shiftS);
    // A broadcaster's clock that is set back must not silence the stream until it has caught up.
    if (behindS > OVERLAP_MAX_S) this.#shiftS += behindS + apartS;
    const at = capturedAt + this.#shiftS;
    if (at < this.#lastS + apartS / 2) return null;
    this.#lastS = at;
    return at;
  }
}
