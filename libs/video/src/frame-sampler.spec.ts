import { describe, expect, it } from '@jest/globals';

import { FrameSampler } from './frame-sampler.js';

const picked = (intervalMs: number, arrivals: readonly number[]): number[] => {
  const sampler = new FrameSampler(intervalMs);
  return arrivals.filter((at) => sampler.take(at));
};

describe('FrameSampler', () => {
  it('picks the first frame and then one an interval', () => {
    const arrivals = Array.from({ length: 20 }, (_, i) => i * 100);
    expect(picked(500, arrivals)).toEqual([0, 500, 1000, 1500]);
  });

  it('picks every frame of a stream at just its rate although arrivals jitter', () => {
    const arrivals = [0, 195, 404, 597, 803, 998, 1201];
    expect(picked(200, arrivals)).toEqual(arrivals);
  });

  it('does not catch up after a pause', () => {
    expect(picked(100, [0, 1000, 1010, 1020, 1090])).toEqual([0, 1000, 1090]);
  });
});
