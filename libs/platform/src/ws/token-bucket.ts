import type { Clock } from '@jiga/contracts';

/** A rate with a burst: holds up to `capacity` tokens and gains `perSecond` of them a second. */
export class TokenBucket {
  #tokens: number;
  #updatedAtMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly capacity: number,
  ) {
    this.#tokens = capacity;
    this.#updatedAtMs = clock.monotonicMs();
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  isFull(): boolean {
    this.#refill();
    return this.#tokens >= this.capacity;
  }

  /** Milliseconds until the next token. */
  waitMs(): number {
    this.#refill();
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.perSecond) * 1000);
  }

  #refill(): void {
    const nowMs = this.clock.monotonicMs();
    this.#tokens = Math.min(this.capacity, this.#tokens + ((nowMs - this.#updatedAtMs) / 1000) * this.perSecond);
    this.#updatedAtMs = nowMs;
  }
}
