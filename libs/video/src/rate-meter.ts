import type { Clock } from '@jiga/contracts';

const SECONDS = 10;
const SECOND_MS = 1000;

/** Events a second, over the last ten full seconds. Fixed memory, no timer. */
export class RateMeter {
  /** One slot more than is averaged: the second that is still being counted. */
  readonly #counts = new Uint32Array(SECONDS + 1);
  readonly #startedAt: number;
  #current: number;

  constructor(private readonly clock: Clock) {
    this.#startedAt = this.#current = this.#second();
  }

  note(): void {
    this.#moveOn();
    const slot = this.#current % this.#counts.length;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  perSecond(): number {
    this.#moveOn();
    const full = Math.min(SECONDS, this.#current - this.#startedAt);
    if (full === 0) return this.#counts[this.#current % this.#counts.length] ?? 0;
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const counting = this.#counts[this.#current % this.#counts.length] ?? 0;
    return Math.round(((total - counting) / full) * 10) / 10;
  }

  #moveOn(): void {
    const now = this.#second();
    const passed = Math.min(now - this.#current, this.#counts.length);
    for (let i = 1; i <= passed; i++) this.#counts[(this.#current + i) % this.#counts.length] = 0;
    // After a long pause the slots that were cleared are all of them, wherever the new second falls.
    this.#current = now;
  }

  #second(): number {
    return Math.floor(this.clock.monotonicMs() / SECOND_MS);
  }
}
