import { beforeEach, describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { VirtualClock } from '@jiga/testing';

import { limitTime } from './time-limit.js';

let clock: VirtualClock;
let wanted: AbortController;

beforeEach(() => {
  clock = new VirtualClock();
  wanted = new AbortController();
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('limitTime', () => {
  it('aborts when the time is over', () => {
    const limit = limitTime(clock, 1000, wanted.signal);
    clock.advance(999);
    expect([limit.signal.aborted, limit.hasPassed]).toEqual([false, false]);
    clock.advance(1);
    expect([limit.signal.aborted, limit.hasPassed]).toEqual([true, true]);
    expect(wanted.signal.aborted).toBe(false);
  });

  it('aborts with the reason for which the work is not wanted any more, also when that is known already', () => {
    const early = limitTime(clock, 1000, wanted.signal);
    wanted.abort(new Error('stopping'));
    const late = limitTime(clock, 1000, wanted.signal);
    for (const { signal, hasPassed } of [early, late]) {
      expect(signal.reason).toMatchObject({ message: 'stopping' });
      expect(hasPassed).toBe(false);
    }
  });

  it('leaves nothing behind once it has ended', async () => {
    const once = (): void => limitTime(clock, 1000, wanted.signal).end();
    once();
    expect(getEventListeners(wanted.signal, 'abort')).toHaveLength(0);
    expect(clock.pending).toBe(0);
    const before = heapBytes();
    for (let i = 0; i < 50_000; i++) once();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heapBytes() - before).toBeLessThan(2_000_000);
  });
});
