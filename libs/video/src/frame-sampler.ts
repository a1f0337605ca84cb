/** Arrival times jitter: a frame this early, as a share of the interval, still counts as due. */
const SLACK = 0.1;

/** Picks frames of a stream at an interval, by their times of arrival. */
export class FrameSampler {
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(readonly intervalMs: number) {}

  /** Whether a frame that arrives now is picked. Late frames do not shift the beat, and a pause is not caught up. */
  take(nowMs: number): boolean {
    if (nowMs + this.intervalMs * SLACK < this.#dueMs) return false;
    const onBeat = this.#dueMs + this.intervalMs;
    this.#dueMs = onBeat > nowMs ? onBeat : nowMs + this.intervalMs;
    return true;
  }
}
