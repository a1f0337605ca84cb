import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { StartGate } from './start-gate.js';

describe('StartGate', () => {
  it('lets the first start at once and the others one after the other, in order', () => {
    const clock = new VirtualClock();
    const gate = new StartGate(clock, () => 0.5);
    const started: [number, number][] = [];
    for (let i = 0; i < 20; i++) gate.enter(() => started.push([i, clock.monotonicMs()]));
    clock.advance(10_000);
    expect(started).toEqual(Array.from({ length: 20 }, (_, i) => [i, i * 100]));
    gate.enter(() => started.push([20, clock.monotonicMs()]));
    expect(started.at(-1)).toEqual([20, 10_000]);
  });

  it('starts nothing that has given its turn up, and keeps the rate whatever chance says', () => {
    const clock = new VirtualClock();
    let next = 0;
    const gate = new StartGate(clock, () => (next = (next + 0.37) % 1));
    const started: number[] = [];
    const cancels = Array.from({ length: 40 }, (_, i) => gate.enter(() => started.push(i)));
    cancels.slice(1, 20).forEach((cancel) => cancel());
    clock.advance(1_000);
    expect(started.filter((i) => i > 0 && i < 20)).toEqual([]);
    clock.advance(9_000);
    expect(started).toHaveLength(21);
    expect(clock.pending).toBe(0);
  });
});
