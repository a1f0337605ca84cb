import { AppError, toAppError } from '@jiga/contracts';
import type { AnalysisSession, CancelTimer, Clock, Frame, VisionResult } from '@jiga/contracts';

/** Why a frame was not analysed, with what its sender can do about it. */
export const DROP_ADVICE = {
  superseded: 'A newer frame took its place. Send the next frame when an answer has come, or lower the frame rate.',
  slow_reader: 'Results are not read as fast as they come. Read faster, or send fewer frames.',
  server_draining: 'The server is shutting down. Connect again and go on with the newest frame.',
} as const;
export type DropReason = keyof typeof DROP_ADVICE;

/** What became of a frame. */
export type FrameOutcome =
  | { readonly kind: 'result'; readonly result: VisionResult }
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'failed'; readonly error: AppError };

/** Whoever offered a frame, for {@link FrameIntake.withdraw}. */
export type FrameOwner = object;

/** Counts what goes through an intake. */
export interface IntakeRecorder {
  frameReceived(bytes: number): void;
  frameAnalysed(result: VisionResult): void;
  /** `reason`: a {@link DropReason}, or `client_gone` for a frame that nobody waits for any more. */
  frameDropped(reason: DropReason | 'client_gone'): void;
  frameFailed(error: AppError): void;
}

export interface IntakeOptions {
  readonly analysis: AnalysisSession;
  /** Frames under analysis at once; as many more may wait. */
  readonly concurrency: number;
  /** An analysis that takes longer is given up, so that a lost one cannot block the session. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly recorder: IntakeRecorder;
}

interface Entry {
  readonly frame: Frame;
  readonly owner: FrameOwner;
  readonly answer: (outcome: FrameOutcome) => void;
  readonly offeredAtMs: number;
  isAnswered: boolean;
}

/**
 * The one way into a session's analysis, for all its sockets. Every offered frame is answered exactly once. Newest
 * wins: when more frames wait than can be analysed at once, the oldest of them is dropped as `superseded`. Analysis
 * starts a turn of the event loop later, so that of a burst in one network read only the newest frames are looked at.
 */
export class FrameIntake {
  readonly #waiting: Entry[] = [];
  readonly #running = new Set<Entry>();
  #isScheduled = false;
  #closedBy: AppError | null = null;

  constructor(private readonly options: IntakeOptions) {}

  /** Frames waiting or under analysis. */
  get size(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** Offers a frame; `answer` is called exactly once, possibly before this returns. */
  offer(frame: Frame, owner: FrameOwner, answer: (outcome: FrameOutcome) => void): void {
    const { clock, recorder, concurrency } = this.options;
    recorder.frameReceived(frame.bytes.length);
    const entry: Entry = { frame, owner, answer, offeredAtMs: clock.monotonicMs(), isAnswered: false };
    if (this.#closedBy) {
      this.#settle(entry, { kind: 'failed', error: this.#closedBy });
      return;
    }
    this.#waiting.push(entry);
    if (this.#waiting.length > concurrency) {
      const oldest = this.#waiting.shift();
      if (oldest) this.#settle(oldest, { kind: 'dropped', reason: 'superseded' });
    }
    this.#schedule();
  }

  /** Answers every frame of `owner` now; those that still wait are not analysed. Null: nobody is there to be answered. */
  withdraw(owner: FrameOwner, outcome: FrameOutcome | null): void {
    const mine = [...this.#waiting, ...this.#running].filter((entry) => entry.owner === owner);
    for (const entry of mine) {
      const at = this.#waiting.indexOf(entry);
      if (at >= 0) this.#waiting.splice(at, 1);
      if (outcome) this.#settle(entry, outcome);
      else this.#abandon(entry);
    }
  }

  /** Answers every frame with `error`, and every later one too. May be called twice. */
  close(error: AppError = new AppError('session_closed')): void {
    if (this.#closedBy) return;
    this.#closedBy = error;
    for (const entry of [...this.#waiting.splice(0), ...this.#running]) this.#settle(entry, { kind: 'failed', error });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#running.size >= this.options.concurrency) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#running.size < this.options.concurrency) {
        const entry = this.#waiting.shift();
        if (!entry) return;
        void this.#analyse(entry);
      }
    });
  }

  async #analyse(entry: Entry): Promise<void> {
    const { analysis, clock, recorder } = this.options;
    this.#running.add(entry);
    const cancel = this.#watch(entry);
    try {
      const queueMs = clock.monotonicMs() - entry.offeredAtMs;
      const result = await analysis.analyze(entry.frame, queueMs);
      if (!entry.isAnswered) recorder.frameAnalysed(result);
      this.#settle(entry, { kind: 'result', result });
    } catch (error) {
      this.#settle(entry, { kind: 'failed', error: toVisionError(error) });
    }
    cancel();
    this.#running.delete(entry);
    this.#schedule();
  }

  #watch(entry: Entry): CancelTimer {
    const { clock, timeoutMs } = this.options;
    return clock.after(timeoutMs, () => {
      const error = new AppError('vision_failed', `The analysis took longer than ${timeoutMs} ms`);
      this.#settle(entry, { kind: 'failed', error });
      this.#running.delete(entry);
      this.#schedule();
    });
  }

  #settle(entry: Entry, outcome: FrameOutcome): void {
    if (entry.isAnswered) return;
    entry.isAnswered = true;
    if (outcome.kind === 'dropped') this.options.recorder.frameDropped(outcome.reason);
    if (outcome.kind === 'failed') this.options.recorder.frameFailed(outcome.error);
    entry.answer(outcome);
  }

  #abandon(entry: Entry): void {
    if (entry.isAnswered) return;
    entry.isAnswered = true;
    this.options.recorder.frameDropped('client_gone');
  }
}

/** What vision throws, for the client: an unforeseen error becomes `vision_failed` and keeps its cause. */
function toVisionError(error: unknown): AppError {
  const known = toAppError(error);
  return known.code === 'internal' ? new AppError('vision_failed', undefined, { cause: error }) : known;
}
