import { describe, expect, it } from '@jest/globals';

import { ReplayRing } from './replay-ring.js';
import type { TimelineEntry } from './timeline-entry.js';

const entry = (sequence: number): TimelineEntry => ({
  sequence,
  event: { event_id: `evt_${sequence}`, type: 'callout', timestamp: 0, session_id: 'a', data: {} },
});

function filled(from: number, to: number, limits = { replayEvents: 100, replayBytes: 1e6 }, bytes = 10): ReplayRing {
  const ring = new ReplayRing(limits);
  for (let sequence = from; sequence <= to; sequence++) ring.push(entry(sequence), bytes);
  return ring;
}
const after = (ring: ReplayRing, sequence: number) => ring.after(sequence)?.map((each) => each.sequence) ?? null;

describe('ReplayRing', () => {
  it('gives what came after an entry', () => {
    const ring = filled(5, 8);
    expect([after(ring, 4), after(ring, 6), after(ring, 8)]).toEqual([[5, 6, 7, 8], [7, 8], []]);
  });

  it('says when it does not hold all of it', () => {
    expect(after(filled(5, 8), 3)).toBeNull();
  });

  it('keeps the newest, by number', () => {
    const ring = filled(1, 1_000);
    expect(ring.size).toBe(100);
    expect(ring.oldest?.sequence).toBe(901);
    expect(after(ring, 997)).toEqual([998, 999, 1_000]);
    expect([ring.sequenceOf('evt_900'), ring.sequenceOf('evt_901')]).toEqual([null, 901]);
  });

  it('keeps the newest, by size, and always the last one', () => {
    const ring = filled(1, 50, { replayEvents: 100, replayBytes: 95 });
    expect(ring.size).toBe(9);
    ring.push(entry(51), 1_000);
    expect(after(ring, 50)).toEqual([51]);
    expect(ring.size).toBe(1);
  });
});
