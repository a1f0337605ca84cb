/** Ends a timer; may be called more than once, also after it fired. */
export type CancelTimer = () => void;

/**
 * The only source of time in the product, so that tests run on a virtual clock.
 * `nowMs` is wall time (Unix milliseconds, may jump); `monotonicMs` never goes back and is for durations.
 */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`. The timer never keeps the process alive. */
  after(delayMs: number, task: () => void): CancelTimer;
  /** Runs `task` every `periodMs` until cancelled. The timer never keeps the process alive. */
  every(periodMs: number, task: () => void): CancelTimer;
}

/** Injection token of the {@link Clock}. */
export const CLOCK = Symbol.for('jiga:clock');

/** Wall time as the public API writes it: Unix seconds as a float. */
export const unixSeconds = (clock: Clock): number => clock.nowMs() / 1000;
