import type { Clock } from '@jiga/contracts';

import type { ProviderError } from '../provider-error.js';

export interface BreakerSettings {
  /** Failures in a row after which it opens. */
  readonly failuresMax: number;
  /** How long it stays open the first time; each time in a row that the trial call fails doubles it. */
  readonly openMs: number;
  readonly openMaxMs: number;
}

export const DEFAULT_BREAKER: BreakerSettings = { failuresMax: 5, openMs: 15_000, openMaxMs: 300_000 };

/**
 * Keeps calls away from a provider that does not work. It opens after failures in a row, at once when the key is
 * refused, and for as long as a provider asks to be left alone. When its time is over one trial call goes through, and
 * decides.
 */
export class CircuitBreaker {
  #failures = 0;
  /** How often in a row it opened. */
  #opened = 0;
  #openUntilMs: number | null = null;
  #isTrialUnderWay = false;
  #lastError: ProviderError | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly settings: BreakerSettings = DEFAULT_BREAKER,
  ) {}

  /** Whether a call may be made now. After a yes, tell what became of it with exactly one of the three below. */
  enter(): boolean {
    if (this.#openUntilMs === null) return true;
    if (this.isOpen || this.#isTrialUnderWay) return false;
    this.#isTrialUnderWay = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#opened = 0;
    this.#openUntilMs = null;
    this.#isTrialUnderWay = false;
    this.#lastError = null;
  }

  failed(error: ProviderError): void {
    const isHopeless = error.failure === 'unauthenticated';
    const isTrial = this.#isTrialUnderWay;
    this.#isTrialUnderWay = false;
    this.#lastError = error;
    this.#failures++;
    if (error.retryAfterMs !== null) this.#openFor(error.retryAfterMs);
    if (isTrial || isHopeless || this.#failures >= this.settings.failuresMax) {
      this.#openFor(this.settings.openMs * 2 ** this.#opened);
      this.#opened++;
    }
  }

  /** The call tells nothing about the provider: the caller broke it off, or had asked for nonsense. */
  abandoned(): void {
    this.#isTrialUnderWay = false;
  }

  get isOpen(): boolean {
    return this.#openUntilMs !== null && this.clock.monotonicMs() < this.#openUntilMs;
  }

  /** Of the calls since the last that worked; null = the last one worked. */
  get lastError(): ProviderError | null {
    return this.#lastError;
  }

  #openFor(ms: number): void {
    const untilMs = this.clock.monotonicMs() + Math.min(ms, this.settings.openMaxMs);
    this.#openUntilMs = Math.max(this.#openUntilMs ?? 0, untilMs);
  }
}
