/** Each bucket is wider than the one before by this factor, so a quantile is right within ± 2.5 %. */
const GROWTH = 1.05;
const SMALLEST_MS = 0.01;
/** Reaches past ten minutes. */
const BUCKETS = 370;

export interface LatencySummary {
  readonly count: number;
  /** Milliseconds; null before the first sample. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * Latencies in geometrically growing buckets: fixed memory whatever the number of samples, quantiles of a known
 * relative error (the idea of HdrHistogram, with a plain logarithm in place of its bit tricks).
 */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  record(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) return;
    const bucket = ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / Math.log(GROWTH));
    const index = Math.min(bucket, BUCKETS - 1);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
      max: this.#count > 0 ? round(this.#maxMs) : null,
    };
  }

  /** Middle of the bucket that holds the sample of this rank. */
  #quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.ceil(share * this.#count);
    let seen = 0;
    const index = this.#buckets.findIndex((inBucket) => (seen += inBucket) >= rank);
    return round(Math.min(this.#maxMs, SMALLEST_MS * GROWTH ** (index - 0.5)));
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
