import { FrameSampler } from '@jiga/video';
import type { FrameOutcome } from '@jiga/video';

/** What became of the frames of one stream, as `streaming_stopped` tells it. */
export interface StreamCounts {
  readonly frames_received: number;
  readonly frames_skipped: number;
  readonly frames_sampled: number;
  readonly frames_invalid: number;
  readonly frames_analysed: number;
  readonly frames_dropped: number;
  readonly frames_failed: number;
  readonly duration_seconds: number;
}

/** One `start_streaming` … `stop_streaming` of a socket: picks frames and counts what becomes of them. */
export class FrameStream {
  readonly #sampler: FrameSampler;
  #received = 0;
  #skipped = 0;
  #sampled = 0;
  #invalid = 0;
  #analysed = 0;
  #dropped = 0;
  #failed = 0;
  #onSettled: (() => void) | null = null;

  constructor(
    intervalMs: number,
    private readonly startedAtMs: number,
  ) {
    this.#sampler = new FrameSampler(intervalMs);
  }

  /** Whether `stop_streaming` was asked for: no more frames then. */
  get isStopping(): boolean {
    return this.#onSettled !== null;
  }

  /** Whether the frame that arrives now is to be analysed. */
  take(nowMs: number): boolean {
    this.#received += 1;
    const isPicked = this.#sampler.take(nowMs);
    if (isPicked) this.#sampled += 1;
    else this.#skipped += 1;
    return isPicked;
  }

  /** A frame that could not be taken at all. */
  countInvalid(): void {
    this.#received += 1;
    this.#invalid += 1;
  }

  settle({ kind }: FrameOutcome): void {
    if (kind === 'result') this.#analysed += 1;
    else if (kind === 'dropped') this.#dropped += 1;
    else this.#failed += 1;
    if (this.#pending === 0) this.#onSettled?.();
  }

  /** Calls back with the final counts when the last sampled frame is settled: now, if there is none under way. */
  stop(nowMs: () => number, onStopped: (counts: StreamCounts) => void): void {
    this.#onSettled = () => onStopped(this.#counts(nowMs()));
    if (this.#pending === 0) this.#onSettled();
  }

  get #pending(): number {
    return this.#sampled - this.#analysed - this.#dropped - this.#failed;
  }

  #counts(nowMs: number): StreamCounts {
    return {
      frames_received: this.#received,
      frames_skipped: this.#skipped,
      frames_sampled: this.#sampled,
      frames_invalid: this.#invalid,
      frames_analysed: this.#analysed,
      frames_dropped: this.#dropped,
      frames_failed: this.#failed,
      duration_seconds: Math.round(nowMs - this.startedAtMs) / 1000,
    };
  }
}
