import type { Clock } from '@jiga/contracts';

/** What is remembered of one source of wrong credentials. Times are monotonic milliseconds. */
interface Attempts {
  failures: number;
  lastMs: number;
  blockedUntilMs: number;
}

export interface AttemptLimits {
  /** Failures that cost nothing: people mistype. */
  readonly freeFailures: number;
  /** Sources remembered; past it the one that failed longest ago is forgotten. */
  readonly sourcesMax?: number;
}

const SOURCES_MAX = 10_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Without a failure for this long, a source starts anew. */
const FORGET_AFTER_MS = 600_000;

/** Makes guessing slow: after some failures each further one is followed by a wait that doubles, up to a minute. */
export class AttemptLimiter {
  /** The source that failed longest ago comes first. */
  readonly #sources = new Map<string, Attempts>();
  readonly #sourcesMax: number;

  constructor(
    private readonly clock: Clock,
    private readonly limits: AttemptLimits,
  ) {
    this.#sourcesMax = limits.sourcesMax ?? SOURCES_MAX;
  }

  /** Sources remembered. */
  get size(): number {
    return this.#sources.size;
  }

  /** Milliseconds for which this source is to be turned away; 0 = it may try. */
  waitMs(source: string): number {
    const attempts = this.#sources.get(source);
    return attempts ? Math.max(0, attempts.blockedUntilMs - this.clock.monotonicMs()) : 0;
  }

  /** Notes a wrong credential. Returns the wait that now lies before the next try, in milliseconds. */
  fail(source: string): number {
    const nowMs = this.clock.monotonicMs();
    const known = this.#sources.get(source);
    const failures = known && nowMs - known.lastMs < FORGET_AFTER_MS ? known.failures + 1 : 1;
    const excess = failures - this.limits.freeFailures;
    const waitMs = excess > 0 ? Math.min(FIRST_WAIT_MS * 2 ** (excess - 1), LONGEST_WAIT_MS) : 0;
    this.#sources.delete(source);
    this.#sources.set(source, { failures, lastMs: nowMs, blockedUntilMs: nowMs + waitMs });
    if (this.#sources.size > this.#sourcesMax) this.#forgetOldest();
    return waitMs;
  }

  #forgetOldest(): void {
    const oldest = this.#sources.keys().next();
    if (!oldest.done) this.#sources.delete(oldest.value);
  }
}
