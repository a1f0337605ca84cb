import type { FrameOutcome } from '@jiga/video';

/** What became of the frames of a batch, as `batch_complete` tells it. */
export interface BatchCounts {
  readonly frames: number;
  readonly analysed: number;
  readonly dropped: number;
  readonly failed: number;
}

/** What a batch is run with. `Frame` is whatever the socket makes of a frame. */
export interface BatchParts<Frame> {
  /** Frames that are offered and not answered yet. */
  readonly atOnce: number;
  /** Offers a frame; it is answered, and `settled` called, possibly before this returns. */
  readonly offer: (frame: Frame, index: number, settled: (outcome: FrameOutcome) => void) => void;
  /** Answers a frame that is not offered any more. */
  readonly skip: (frame: Frame, index: number, outcome: FrameOutcome | null) => void;
  /** Every frame has its answer. */
  readonly complete: (counts: BatchCounts) => void;
}

/** The frames of one batch on their way: so many at once, each answered by itself, then the counts. */
export class BatchRun<Frame> {
  #next = 0;
  #underWay = 0;
  #isOffering = false;
  readonly #counts = { result: 0, dropped: 0, failed: 0 };

  constructor(
    private readonly frames: readonly Frame[],
    private readonly parts: BatchParts<Frame>,
  ) {}

  /** Offers as many as may be under way. */
  start(): void {
    // Frames that are answered at once would else call this again from within, once for each.
    if (this.#isOffering) return;
    this.#isOffering = true;
    while (this.#next < this.frames.length && this.#underWay < this.parts.atOnce) {
      const index = this.#next++;
      this.#underWay += 1;
      this.parts.offer(this.frames[index] as Frame, index, (outcome) => this.#settle(outcome));
    }
    this.#isOffering = false;
    if (this.#isComplete) this.parts.complete(this.#result);
  }

  /** Offers no more: the frames that are left are answered so; null: nobody is there to be answered. */
  giveUp(outcome: FrameOutcome | null): void {
    while (this.#next < this.frames.length) {
      const index = this.#next++;
      if (outcome) this.#counts[outcome.kind] += 1;
      this.parts.skip(this.frames[index] as Frame, index, outcome);
    }
    if (outcome && this.#isComplete) this.parts.complete(this.#result);
  }

  get #isComplete(): boolean {
    return this.#next === this.frames.length && this.#underWay === 0;
  }

  get #result(): BatchCounts {
    const { result: analysed, dropped, failed } = this.#counts;
    return { frames: this.frames.length, analysed, dropped, failed };
  }

  #settle({ kind }: FrameOutcome): void {
    this.#underWay -= 1;
    this.#counts[kind] += 1;
    this.start();
  }
}
