import { AppError, toAppError } from '@jiga/contracts';
import type { AnalysisSession, CancelTimer, Clock, Frame, VisionResult } from '@jiga/contracts';

import type { FrameScheduler, TurnTaker } from './frame-scheduler.js';

/** Why a frame was not analysed, with what its sender can do about it. */
export const DROP_ADVICE = {
  superseded: 'A newer frame took its place. Send the next frame when an answer has come, or lower the frame rate.',
  too_many_bytes: 'The frames that wait are too large together. Send smaller pictures, or fewer of them at once.',
  over_rate: 'Frames come many times as fast as the credit allows. Keep to max_fps of the last credit message.',
  over_size: 'The picture has more pixels than the credit allows. Keep to max_px of the last credit message.',
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
  readonly sessionId: string;
  readonly analysis: AnalysisSession;
  /** Frames under analysis at once; as many more may wait. */
  readonly concurrency: number;
  /** Bytes of the frames that wait, together; the newest frame may always wait. */
  readonly waitingBytesMax: number;
  /** An analysis that takes longer is given up, so that a lost one cannot block the session. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly recorder: IntakeRecorder;
  readonly scheduler: FrameScheduler;
  /** Told of each frame that comes, newest last, whatever becomes of it. */
  readonly onFrame?: (frame: Frame) => void;
}

/** The cheap stage looks at a session's frames one by one: one that is looked at and one that is ready take no place in vain. */
const IN_TURN_MAX = 2;

interface Entry {
  readonly frame: Frame;
  readonly owner: FrameOwner;
  readonly answer: (outcome: FrameOutcome) => void;
  /** Orders frames by the message that brought them; those of one batch share it. */
  readonly arrival: number;
  readonly offeredAtMs: number;
  startedAtMs: number;
  isAnswered: boolean;
  /** In the cheap stage, which the scheduler counts. */
  isInTurn: boolean;
}

/**
 * The one way into a session's analysis, for all its sockets. Every offered frame is answered exactly once. Newest
 * wins: when more than twice as many frames are here as can be analysed at once, which is what the credit promises, or
 * more bytes wait than may, the oldest that waits is dropped.
 */
export class FrameIntake implements TurnTaker {
  readonly #waiting: Entry[] = [];
  /** In the order in which they were started. */
  readonly #running = new Set<Entry>();
  #waitingBytes = 0;
  /** Frames in the cheap stage. */
  #inTurn = 0;
  #arrivals = 0;
  #hasAsked = false;
  #closedBy: AppError | null = null;
  #cancelWatch: CancelTimer | null = null;

  constructor(private readonly options: IntakeOptions) {}

  /** Frames waiting or under analysis. */
  get size(): number {
    return this.#waiting.length + this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** For a message with several frames: what makes them of one age, so that none of them takes the place of another. */
  nextArrival(): number {
    return ++this.#arrivals;
  }

  /**
   * Offers a frame; `answer` is called exactly once, possibly before this returns.
   * @param arrival from {@link nextArrival}; without it the frame is the newest
   */
  offer(
    frame: Frame,
    owner: FrameOwner,
    answer: (outcome: FrameOutcome) => void,
    arrival: number = this.nextArrival(),
  ): void {
    const { clock, recorder } = this.options;
    recorder.frameReceived(frame.bytes.length);
    const offeredAtMs = clock.monotonicMs();
    const state = { startedAtMs: 0, isAnswered: false, isInTurn: false };
    const entry: Entry = { frame, owner, answer, arrival, offeredAtMs, ...state };
    if (this.#closedBy) {
      this.#settle(entry, { kind: 'failed', error: this.#closedBy });
      return;
    }
    this.options.onFrame?.(frame);
    this.#waiting.push(entry);
    this.#waitingBytes += frame.bytes.length;
    this.#keepBounds();
    this.#askForTurn();
  }

  /** Answers every frame of `owner` now; those that still wait are not analysed. Null: nobody is there to be answered. */
  withdraw(owner: FrameOwner, outcome: FrameOutcome | null): void {
    const mine = [...this.#waiting, ...this.#running].filter((entry) => entry.owner === owner);
    for (const entry of mine) {
      this.#removeWaiting(this.#waiting.indexOf(entry));
      if (outcome) this.#settle(entry, outcome);
      else this.#abandon(entry);
    }
  }

  /** Answers every frame with `error`, and every later one too. May be called twice. */
  close(error: AppError = new AppError('session_closed')): void {
    if (this.#closedBy) return;
    this.#closedBy = error;
    this.options.scheduler.forget(this.options.sessionId);
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    this.#waitingBytes = 0;
    for (const entry of this.#running) this.#endTurn(entry);
    for (const entry of [...this.#waiting.splice(0), ...this.#running]) this.#settle(entry, { kind: 'failed', error });
  }

  /** The scheduler's call: starts the frame that has waited longest of those that are left. */
  takeTurn(): boolean {
    this.#hasAsked = false;
    const entry = this.#mayStart ? this.#removeWaiting(0) : undefined;
    if (!entry) return false;
    void this.#analyse(entry);
    this.#askForTurn();
    return true;
  }

  get #mayStart(): boolean {
    return this.#running.size < this.options.concurrency && this.#inTurn < IN_TURN_MAX;
  }

  #askForTurn(): void {
    if (this.#hasAsked || this.#closedBy || this.#waiting.length === 0 || !this.#mayStart) return;
    this.#hasAsked = true;
    this.options.scheduler.request(this.options.sessionId, this);
  }

  #keepBounds(): void {
    const { concurrency, waitingBytesMax } = this.options;
    while (this.size > concurrency * 2) this.#dropOldest('superseded');
    while (this.#waiting.length > 1 && this.#waitingBytes > waitingBytesMax) this.#dropOldest('too_many_bytes');
  }

  /** Of frames that came in one message, the one that was offered last. */
  #dropOldest(reason: DropReason): void {
    let at = 0;
    for (let i = 1; i < this.#waiting.length; i++) {
      if ((this.#waiting[i]?.arrival ?? 0) <= (this.#waiting[at]?.arrival ?? 0)) at = i;
    }
    const oldest = this.#removeWaiting(at);
    if (oldest) this.#settle(oldest, { kind: 'dropped', reason });
  }

  #removeWaiting(at: number): Entry | undefined {
    if (at < 0) return undefined;
    const [entry] = at === 0 ? [this.#waiting.shift()] : this.#waiting.splice(at, 1);
    if (entry) this.#waitingBytes -= entry.frame.bytes.length;
    return entry;
  }

  async #analyse(entry: Entry): Promise<void> {
    const { analysis, clock, recorder } = this.options;
    this.#running.add(entry);
    entry.isInTurn = true;
    this.#inTurn += 1;
    entry.startedAtMs = clock.monotonicMs();
    this.#watch();
    try {
      const queueMs = entry.startedAtMs - entry.offeredAtMs;
      const result = await analysis.analyze(entry.frame, queueMs, () => this.#endTurn(entry));
      if (!entry.isAnswered) recorder.frameAnalysed(result);
      this.#settle(entry, { kind: 'result', result });
    } catch (error) {
      this.#settle(entry, { kind: 'failed', error: toVisionError(error) });
    }
    this.#leave(entry);
  }

  #leave(entry: Entry): void {
    this.#endTurn(entry);
    this.#running.delete(entry);
    this.#askForTurn();
  }

  #endTurn(entry: Entry): void {
    if (!entry.isInTurn) return;
    entry.isInTurn = false;
    this.#inTurn -= 1;
    this.options.scheduler.release();
    this.#askForTurn();
  }

  /** One timer for all frames under way: they time out in the order in which they were started. */
  #watch(): void {
    const [longest] = this.#running;
    if (this.#cancelWatch || this.#closedBy || !longest) return;
    const { clock, timeoutMs } = this.options;
    const leftMs = longest.startedAtMs + timeoutMs - clock.monotonicMs();
    this.#cancelWatch = clock.after(Math.max(0, leftMs), () => {
      this.#cancelWatch = null;
      this.#giveUpLost();
      this.#watch();
    });
  }

  #giveUpLost(): void {
    const { clock, timeoutMs } = this.options;
    const lateMs = clock.monotonicMs() - timeoutMs;
    for (const entry of this.#running) {
      if (entry.startedAtMs > lateMs) return;
      const error = new AppError('vision_failed', `The analysis took longer than ${timeoutMs} ms`);
      this.#settle(entry, { kind: 'failed', error });
      this.#leave(entry);
    }
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
