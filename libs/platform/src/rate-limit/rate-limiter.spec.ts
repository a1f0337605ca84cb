import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  it('allows so many at once, then as many as come back over the window', () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(clock, { requests: 3, windowS: 60 });
    const burst = Array.from({ length: 4 }, () => limiter.take('a'));
    expect(burst.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(burst[3]?.nextInS).toBe(20);
    clock.advance(19_000);
    expect(limiter.take('a')).toMatchObject({ isAllowed: false, nextInS: 1 });
    clock.advance(1_000);
    expect(limiter.take('a')).toMatchObject({ isAllowed: true, remaining: 0 });
    clock.advance(600_000);
    expect(limiter.take('a')).toMatchObject({ isAllowed: true, remaining: 2 });
  });

  it('is exact over a long time: one allowed for each that comes back', () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(clock, { requests: 10, windowS: 7 });
    let allowed = 0;
    for (let ms = 0; ms < 70_000; ms += 50) {
      if (limiter.take('a').isAllowed) allowed++;
      clock.advance(50);
    }
    expect(allowed).toBe(10 + 99);
  });

  it('counts callers apart, and remembers so many and no more', () => {
    const limiter = new RateLimiter(new VirtualClock(), { requests: 1, windowS: 60 }, 50);
    for (let i = 0; i < 50; i++) expect(limiter.take(`caller ${i}`).isAllowed).toBe(true);
    expect(limiter.take('caller 49').isAllowed).toBe(false);
    for (let i = 50; i < 200; i++) limiter.take(`caller ${i}`);
    expect(limiter.size).toBe(50);
  });
});
