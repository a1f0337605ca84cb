import type { Clock } from '@jiga/contracts';

/** So many requests in a window: the most at once, and the rate at which they come back. */
export interface RatePolicy {
  readonly requests: number;
  readonly windowS: number;
}

export interface RateVerdict {
  readonly isAllowed: boolean;
  /** Requests that may follow at once. */
  readonly remaining: number;
  /** Whole seconds until one more is allowed; at least 1. */
  readonly nextInS: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const CALLERS_MAX = 10_000;

/**
 * A token bucket for each caller: it holds the policy's requests and fills up again over its window. Memory is bounded:
 * past {@link CALLERS_MAX} the caller that was seen longest ago is forgotten, which gives it a full bucket.
 */
export class RateLimiter {
  /** The caller seen longest ago comes first. */
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly policy: RatePolicy,
    private readonly callersMax = CALLERS_MAX,
  ) {
    this.#perMs = policy.requests / (policy.windowS * 1000);
  }

  /** Callers remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Counts one request of this caller. */
  take(caller: string): RateVerdict {
    const nowMs = this.clock.monotonicMs();
    const known = this.#buckets.get(caller);
    const full = this.policy.requests;
    const tokens = known ? Math.min(full, known.tokens + (nowMs - known.atMs) * this.#perMs) : full;
    const isAllowed = tokens >= 1;
    const left = isAllowed ? tokens - 1 : tokens;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: left, atMs: nowMs });
    if (this.#buckets.size > this.callersMax) this.#forgetOldest();
    const missing = Math.floor(left) + 1 - left;
    return {
      isAllowed,
      remaining: Math.floor(left),
      nextInS: Math.max(1, Math.ceil(missing / this.#perMs / 1000)),
    };
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}
