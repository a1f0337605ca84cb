import type { CancelTimer, Clock } from '@jiga/contracts';

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | null;
  readonly task: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order of their times, then of their making. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #made = 0;

  /** @param startMs Unix milliseconds that `nowMs` begins at */
  constructor(private readonly startMs = 1_700_000_000_000) {}

  nowMs(): number {
    return this.startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, task: () => void): CancelTimer {
    return this.#add(delayMs, null, task);
  }

  every(periodMs: number, task: () => void): CancelTimer {
    return this.#add(periodMs, periodMs, task);
  }

  /** Timers that are set: 0 after everything was closed. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on and fires every timer that falls due on the way. */
  advance(byMs: number): void {
    const untilMs = this.#elapsedMs + byMs;
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      if (next.periodMs === null) this.#timers.delete(next);
      else next.dueMs += next.periodMs;
      next.task();
    }
    this.#elapsedMs = untilMs;
  }

  #add(delayMs: number, periodMs: number | null, task: () => void): CancelTimer {
    const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#made++, periodMs, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ dueMs }) => dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}
