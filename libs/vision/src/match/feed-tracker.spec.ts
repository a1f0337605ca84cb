import { describe, expect, it } from '@jest/globals';
import { FeedTracker, type FeedLine } from './feed-tracker.js';
import { reading } from './match.testing.js';
import type { Sight } from './region-board.js';
import { fold, similarity } from './text-fold.js';

const SLOTS = ['a', 'b', 'c', 'd'];

function tracker(): { show: (t: number, ...lines: (string | null)[]) => readonly FeedLine[]; seen: Set<FeedLine> } {
  const feed = new FeedTracker({ regions: SLOTS, lifetimeS: 3 }, (a, b) => similarity(fold(a).chars, fold(b).chars));
  const seen = new Set<FeedLine>();
  return {
    seen,
    show: (t, ...lines) => {
      const sights = new Map(
        SLOTS.map((slot, i) => [slot, { reading: reading(slot, lines[i] ?? null), fresh: true, readAt: t }]),
      );
      const now = feed.update((region) => sights.get(region) ?? null, t);
      for (const line of now) seen.add(line);
      feed.takeExpired(t);
      return now;
    },
  };
}

describe('FeedTracker', () => {
  it('follows lines while they scroll up', () => {
    const { show, seen } = tracker();
    show(0, 'alpha one');
    show(1, 'alpha one', 'bravo two');
    show(2, 'alpha one', 'bravo two', 'charlie three');
    show(3.2, 'bravo two', 'charlie three');
    show(4.2, 'charlie three', 'delta four');
    expect([...seen].map((line) => line.firstSeen)).toEqual([0, 1, 2, 4.2]);
  });

  it('does not take a slot that nobody had time to look at for one that showed nothing', () => {
    const feed = new FeedTracker({ regions: SLOTS, lifetimeS: 3 }, (a, b) => similarity(fold(a).chars, fold(b).chars));
    const sight = (slot: string, text: string | null): Sight => ({
      reading: reading(slot, text),
      fresh: true,
      readAt: 0,
    });
    feed.update((slot) => sight(slot, null), 1);
    feed.update((slot) => (slot === 'a' ? null : sight(slot, null)), 2);
    const [late] = feed.update((slot) => sight(slot, slot === 'a' ? 'alpha one' : null), 3);
    expect(late).toMatchObject({ firstSeen: 3, bornAfter: 1 });
  });

  it('tells two equal lines apart that are shown together', () => {
    const { show, seen } = tracker();
    show(0, 'same words');
    show(1, 'same words', 'same words');
    show(2, 'same words', 'same words');
    show(3.2, 'same words');
    expect(seen.size).toBe(2);
  });

  it('tells two equal lines apart that follow each other', () => {
    const { show, seen } = tracker();
    for (let t = 0; t < 3; t += 0.2) show(t, 'same words');
    for (let t = 4; t < 7; t += 0.2) show(t, 'same words');
    expect(seen.size).toBe(2);
  });

  it('takes a line for the same after a frame in which it was lost', () => {
    const { show, seen } = tracker();
    show(0, 'alpha one');
    show(0.2);
    show(0.4, 'alpha one');
    expect(seen.size).toBe(1);
  });

  it('does not count a line twice that the game shows longer than it should', () => {
    const { show, seen } = tracker();
    for (let t = 0; t < 8; t += 0.2) show(t, 'alpha one');
    expect(seen.size).toBe(1);
  });

  it('takes a line for the same that cannot have gone yet, though it is read with another name', () => {
    const { show, seen } = tracker();
    show(0);
    show(0.2, 'Beret was in the wrong place.');
    show(0.8, 'Grunt was in the wrong place.');
    expect(seen.size).toBe(1);
    show(1.2, 'Grunt was in the wrong place.', 'Beret was in the wrong place.');
    expect(seen.size).toBe(2);
  });

  it('sees one line in noisy readings of it', () => {
    const { show, seen } = tracker();
    show(0, 'Gargoyle was in the wrong place.');
    show(0.2, 'Gargovle vas in thewrong place');
    show(0.4, '6argoyle was 1n the wrong p1ace.');
    expect(seen.size).toBe(1);
  });
});
