import type { Clock } from '@jiga/contracts';
import { FairQueue } from '@jiga/platform';

/** Whoever has frames to start. */
export interface TurnTaker {
  /** Its turn has come: it starts one frame, or none if it has none any more. True when it started one. */
  takeTurn(): boolean;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Frames in the cheap stage at once, over all sessions. */
  readonly atOnce: number;
}

/** Frames are started for this long before sockets get their turn again: decoding may block this thread. Milliseconds. */
const TURN_BUDGET_MS = 8;

/**
 * Gives sessions turns at the cheap stage, one frame a turn: a session that sends ten times as much as others waits for
 * itself. Starting begins a turn of the event loop after it was asked for, so that of a burst in one network read only
 * the newest frames are looked at.
 */
export class FrameScheduler {
  readonly #waiting = new FairQueue<TurnTaker>();
  #running = 0;
  #isScheduled = false;

  constructor(private readonly options: SchedulerOptions) {}

  /** Sessions that wait for a turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Asks for one turn; `owner` is the session. */
  request(owner: string, taker: TurnTaker): void {
    this.#waiting.push(owner, taker);
    this.#schedule();
  }

  /** A frame that was started has left the cheap stage: to be called exactly once for each. */
  release(): void {
    this.#running -= 1;
    this.#schedule();
  }

  /** Takes back what was asked for. */
  forget(owner: string): void {
    this.#waiting.removeOwner(owner);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0 || this.#running >= this.options.atOnce) return;
    this.#isScheduled = true;
    setImmediate(this.#giveTurns);
  }

  readonly #giveTurns = (): void => {
    const { clock, atOnce } = this.options;
    const untilMs = clock.monotonicMs() + TURN_BUDGET_MS;
    while (this.#running < atOnce && clock.monotonicMs() < untilMs) {
      const taker = this.#waiting.take();
      if (!taker) break;
      // Counted first: the frame may be done before this returns.
      this.#running += 1;
      if (!taker.takeTurn()) this.#running -= 1;
    }
    this.#isScheduled = false;
    this.#schedule();
  };
}
