import { describe, expect, it } from '@jest/globals';

import { LatencyHistogram } from './latency-histogram.js';

describe('LatencyHistogram', () => {
  it('knows nothing before the first sample', () => {
    expect(new LatencyHistogram().summary()).toEqual({ count: 0, p50: null, p95: null, p99: null, max: null });
  });

  it.each([0.02, 1, 16, 250, 30_000])('gives quantiles within 2.5 % around %s ms', (scale) => {
    const histogram = new LatencyHistogram();
    for (let i = 1; i <= 1000; i++) histogram.record((scale * i) / 1000 + scale);
    const { count, p50, p95, p99, max } = histogram.summary();
    expect([count, max]).toEqual([1000, scale * 2]);
    for (const [found, exact] of [
      [p50, 1.5],
      [p95, 1.95],
      [p99, 1.99],
    ]) {
      expect(Math.abs((found ?? 0) / (scale * (exact ?? 1)) - 1)).toBeLessThan(0.026);
    }
  });

  it('never tells a quantile above the largest sample', () => {
    const histogram = new LatencyHistogram();
    histogram.record(7);
    expect(histogram.summary()).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it('takes durations only, and any of them', () => {
    const histogram = new LatencyHistogram();
    for (const ms of [Number.NaN, -1, Number.POSITIVE_INFINITY]) histogram.record(ms);
    expect(histogram.summary().count).toBe(0);
    for (const ms of [0, 1e12]) histogram.record(ms);
    expect(histogram.summary().count).toBe(2);
  });
});
