import { describe, expect, it } from '@jest/globals';

import { judge } from './judgement.js';
import type { Recognition } from './sound-swallower.js';
import type { Utterance } from './utterance.js';

const WINDOW_MS = 32;

/** Speech for so long, with a quarter of a second around it, as the voice detector is sure of it. */
function utterance(spokenMs: number, probability: number, startMs = 0): Utterance {
  const spoken = Array.from({ length: Math.round(spokenMs / WINDOW_MS) }, () => probability);
  const pause = Array.from({ length: 8 }, () => 0.01);
  const probabilities = [...pause, ...spoken, ...pause];
  return { pcm: new Float32Array(probabilities.length * 512), startMs, probabilities };
}

/** Words of equal length over a part of it, scored so far below any phones; those score as clean speech does. */
function recognition(text: string, endMs: number, margin: number): Recognition {
  const words = text.split(' ');
  const [from, each] = [8 * WINDOW_MS, (endMs - 8 * WINDOW_MS) / words.length];
  const placed = words.map((word, at) => ({ text: word, startMs: from + at * each, endMs: from + (at + 1) * each }));
  return { text, words: placed, score: -15 + margin, phoneScore: -15 };
}

describe('judgement', () => {
  it('accepts a command that any phones would hardly score better', () => {
    const found = judge(recognition('enemy at red base', 1456, 0), utterance(1200, 0.999));
    expect(found).toMatchObject({ text: 'enemy at red base', accepted: true });
    expect(found.confidence).toBeGreaterThan(0.8);
  });

  it('accepts a short one as well', () => {
    expect(judge(recognition('stop', 640, -3), utterance(384, 0.999)).accepted).toBe(true);
  });

  it('rejects words that are far from what was said', () => {
    expect(judge(recognition('i am going to red base', 1456, -20), utterance(1200, 0.999)).accepted).toBe(false);
  });

  it('rejects a command that covers only a part of what was said', () => {
    const found = judge(recognition('fall back', 700, -30), utterance(2400, 0.999));
    expect(found.coverage).toBeLessThan(0.25);
    expect(found.accepted).toBe(false);
  });

  it('rejects shots, of which little sounds like a voice', () => {
    const shots: Utterance = {
      ...utterance(1200, 0.02),
      probabilities: Array.from({ length: 54 }, (_, at) => (at % 9 === 0 ? 0.6 : 0.05)),
    };
    expect(judge({ ...recognition('talk to me', 1456, -20), phoneScore: -20, score: -40 }, shots).accepted).toBe(false);
  });

  it('is surer the better the words fit', () => {
    const sureness = [-12, -8, -4, 0].map(
      (margin) => judge(recognition('who has the flag', 1456, margin), utterance(1200, 0.99)).confidence,
    );
    expect([...sureness].sort((a, b) => a - b)).toEqual(sureness);
  });

  it('tells times from the start of the sound that was given', () => {
    const { words } = judge(recognition('fall back', 856, 0), utterance(600, 0.999, 480));
    expect(words.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [736, 1036],
      [1036, 1336],
    ]);
  });
});
