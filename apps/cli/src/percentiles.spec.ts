import { describe, expect, it } from '@jest/globals';
import { formatMs, percentile } from './percentiles.js';

describe('percentile', () => {
  it('is the nearest rank, whatever the order', () => {
    const numbers = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.95, 1].map((share) => percentile(numbers, share))).toEqual([1, 1, 3, 5, 5]);
    expect(numbers).toEqual([5, 1, 4, 2, 3]);
  });

  it('of nothing is nothing', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect([formatMs(null), formatMs(3.14), formatMs(31.4)]).toEqual(['–', '3.1', '31']);
  });
});
