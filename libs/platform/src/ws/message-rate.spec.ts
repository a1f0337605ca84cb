import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { MessageRate } from './message-rate.js';

describe('MessageRate', () => {
  const limits = { messagesPerSecond: 10, messageBurst: 5, maxRateViolations: 3 };

  it('lets a burst pass, then refuses, then passes again at the rate', () => {
    const clock = new VirtualClock();
    const rate = new MessageRate(clock, limits);
    expect(Array.from({ length: 6 }, () => rate.next())).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'refuse']);
    expect(rate.error()).toMatchObject({ code: 'rate_limited', retryable: true, options: { retryAfterSeconds: 0.1 } });
    clock.advance(100);
    expect([rate.next(), rate.next()]).toEqual(['pass', 'refuse']);
  });

  it('cuts off who goes on, and forgets who paused', () => {
    const clock = new VirtualClock();
    const rate = new MessageRate(clock, limits);
    for (let i = 0; i < 8; i++) rate.next();
    clock.advance(500);
    for (let i = 0; i < 5; i++) expect(rate.next()).toBe('pass');
    expect([rate.next(), rate.next(), rate.next(), rate.next()]).toEqual(['refuse', 'refuse', 'refuse', 'cut_off']);
  });
});
