import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { AttemptLimiter } from './attempt-limiter.js';

const failTimes = (limiter: AttemptLimiter, source: string, times: number): number[] =>
  Array.from({ length: times }, () => limiter.fail(source));

describe('AttemptLimiter', () => {
  it('lets the first failures pass, then doubles the wait up to a minute', () => {
    const limiter = new AttemptLimiter(new VirtualClock(), { freeFailures: 2 });
    expect(failTimes(limiter, 'a', 10)).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1000));
  });

  it('turns only that source away, and only for that long', () => {
    const clock = new VirtualClock();
    const limiter = new AttemptLimiter(clock, { freeFailures: 1 });
    failTimes(limiter, 'a', 3);
    expect([limiter.waitMs('a'), limiter.waitMs('b')]).toEqual([2000, 0]);
    clock.advance(1500);
    expect(limiter.waitMs('a')).toBe(500);
    clock.advance(500);
    expect(limiter.waitMs('a')).toBe(0);
  });

  it('forgets a source that was quiet for ten minutes', () => {
    const clock = new VirtualClock();
    const limiter = new AttemptLimiter(clock, { freeFailures: 1 });
    failTimes(limiter, 'a', 5);
    clock.advance(600_000);
    expect(limiter.fail('a')).toBe(0);
  });

  it('remembers so many sources and no more, the latest ones', () => {
    const limiter = new AttemptLimiter(new VirtualClock(), { freeFailures: 0, sourcesMax: 100 });
    limiter.fail('first');
    limiter.fail('second');
    for (let i = 0; i < 98; i++) limiter.fail(`source ${i}`);
    limiter.fail('first');
    limiter.fail('one more');
    expect(limiter.size).toBe(100);
    expect(limiter.waitMs('first')).toBeGreaterThan(0);
    expect(limiter.waitMs('second')).toBe(0);
  });
});
