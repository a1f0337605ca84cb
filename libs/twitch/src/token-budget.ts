import type { Clock } from '@jiga/contracts';
import { wait } from '@jiga/streams';

/**
 * How often the whole server may ask Twitch for a token. Some at once, further ones evenly spaced, in the order in which they
 * were asked for: many streams that start together, or fall together, do not come down on Twitch together.
 */
export class TokenBudget {
  readonly #everyMs: number;
  readonly #burst: number;
  /** When the budget would be full again. */
  #fullAtMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    perMinute: number,
  ) {
    this.#everyMs = 60_000 / perMinute;
    this.#burst = Math.max(1, Math.floor(perMinute / 3));
  }

  /** Resolves when it is this one's turn. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonicMs();
    this.#fullAtMs = Math.max(this.#fullAtMs, now) + this.#everyMs;
    const waitMs = this.#fullAtMs - this.#everyMs * this.#burst - now;
    if (waitMs > 0) await wait(this.clock, waitMs, signal);
  }
}
