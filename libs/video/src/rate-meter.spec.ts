import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { RateMeter } from './rate-meter.js';

describe('RateMeter', () => {
  it('tells the rate of the last ten full seconds', () => {
    const clock = new VirtualClock();
    const meter = new RateMeter(clock);
    expect(meter.perSecond()).toBe(0);
    const run = (seconds: number, rate: number): void => {
      for (let i = 0; i < seconds * rate; i++) {
        meter.note();
        clock.advance(1000 / rate);
      }
    };
    run(3, 5);
    expect(meter.perSecond()).toBe(5);
    run(20, 10);
    expect(meter.perSecond()).toBe(10);
    clock.advance(5000);
    expect(meter.perSecond()).toBe(5);
    clock.advance(60_000);
    expect(meter.perSecond()).toBe(0);
  });
});
