import { beforeEach, describe, expect, it } from '@jest/globals';

import { deferred, turn, VirtualClock, type Deferred } from '@jiga/testing';

import type { StreamFrame } from '../stream-ingest.port.js';
import { FrameOutlet } from './frame-outlet.js';

describe('FrameOutlet', () => {
  let clock: VirtualClock;
  let outlet: FrameOutlet;
  /** When each frame was handed over, milliseconds, by its time of capture. */
  let given: [capturedAt: number, atMs: number][];
  let consumer: Deferred<void> | null;
  let dropped: number;

  beforeEach(() => {
    clock = new VirtualClock();
    given = [];
    consumer = null;
    dropped = 0;
    outlet = new FrameOutlet({
      clock,
      batches: false,
      capacity: 20,
      deliver: (frames) => {
        for (const { capturedAt } of frames) given.push([capturedAt, clock.monotonicMs()]);
        return consumer?.promise;
      },
      onDropped: () => void dropped++,
      onDelivered: () => {},
      onError: () => {},
    });
  });

  const frame = (capturedAt: number): StreamFrame => ({
    jpeg: Uint8Array.of(1),
    width: 1,
    height: 1,
    capturedAt,
    sequence: 1,
  });
  /** Two frames a second, all at once, as a segment of two seconds gives them. */
  const segment = (startsAt: number): void => [0, 0.5, 1, 1.5].forEach((at) => outlet.push(frame(startsAt + at)));
  const run = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await turn();
    }
  };
  const pausesAfter = (capturedAt: number): number[] => {
    const times = given.filter(([at]) => at >= capturedAt).map(([, atMs]) => atMs);
    return times.slice(1).map((atMs, n) => atMs - (times[n] ?? 0));
  };

  it('hands frames over as they were captured', async () => {
    segment(100);
    await run(2_000);
    segment(102);
    await run(2_500);
    expect(given.map(([at]) => at)).toEqual([100, 100.5, 101, 101.5, 102, 102.5, 103, 103.5]);
    expect(new Set(pausesAfter(100))).toEqual(new Set([500]));
  });

  it('spaces frames evenly after a stall, also when the one before it is still looked at', async () => {
    segment(100);
    await run(1_400);
    consumer = deferred();
    await run(6_000);
    segment(102);
    consumer.resolve();
    consumer = null;
    await run(3_000);
    expect(given.map(([at]) => at)).toEqual([100, 100.5, 101, 101.5, 102, 102.5, 103, 103.5]);
    for (const pause of pausesAfter(102)) expect(pause).toBeGreaterThanOrEqual(450);
  });

  it('does not wait for content that is missing, also when frames wait', async () => {
    segment(100);
    await run(1_000);
    // Ten seconds were skipped to be at the edge again.
    segment(112);
    await run(3_500);
    expect(given).toHaveLength(8);
    expect(pausesAfter(112)).toEqual([500, 500, 500]);
    segment(114);
    await run(2_000);
    expect(given).toHaveLength(12);
  });

  it('catches up with frames that waited for a slow consumer, and drops the oldest past its bound', async () => {
    consumer = deferred();
    for (let n = 0; n < 8; n++) {
      segment(100 + 2 * n);
      await run(2_000);
    }
    expect([given.length, dropped]).toEqual([1, 11]);
    consumer.resolve();
    consumer = null;
    await run(1_500);
    expect(given).toHaveLength(21);
  });
});
