import { describe, expect, it } from '@jest/globals';

import { HissWatch } from './hiss-watch.js';
import type { VoiceActivityDetector } from './stages.js';

/** A tone of 32 ms at 16 kHz: 4,000 Hz lies where a hiss has its power, 400 Hz where a vowel has. */
const tone = (hz: number, level: number): Float32Array =>
  Float32Array.from({ length: 512 }, (_, at) => level * Math.sin((2 * Math.PI * hz * at) / 16_000 + 0.1));
const HISS = tone(4_000, 0.05);

/** Gives this to the second window after a new beginning, and nothing to all others. */
const detector = (probability: number): VoiceActivityDetector => {
  let windows = 0;
  return {
    id: 'fake',
    detect: () => Promise.resolve(++windows === 2 ? probability : 0),
    reset: () => void (windows = 0),
    close: () => {},
  };
};

describe('HissWatch', () => {
  /** How many of these windows are noticed, after two seconds of something else. */
  async function noticed(windows: readonly Float32Array[], probability = 0.3, before = tone(4_000, 0.001)) {
    const watch = new HissWatch(detector(probability));
    for (let i = 0; i < 62; i++) await watch.push(before);
    let count = 0;
    for (const window of windows) count += Number(await watch.push(window));
    return count;
  }

  it('notices a hiss from its first window on, though a detector that has heard more would not', async () => {
    expect(await noticed([HISS])).toBe(1);
  });

  it('does not take a hiss that goes on for a new one', async () => {
    expect(await noticed(Array<Float32Array>(30).fill(HISS))).toBe(4);
  });

  it.each([
    ['deep tones', tone(400, 0.05), 0.3, undefined],
    ['what the voice detector takes for noise', HISS, 0.1, undefined],
    ['what is too soft', tone(4_000, 0.005), 0.3, undefined],
    ['what is hardly louder than all else', HISS, 0.3, tone(400, 0.02)],
  ])('leaves out %s', async (_, window, probability, before) => {
    expect(await noticed([window, window], probability, before)).toBe(0);
  });

  it('forgets what it heard with a new beginning', async () => {
    const watch = new HissWatch(detector(0.3));
    for (let i = 0; i < 40; i++) await watch.push(HISS);
    watch.reset();
    expect(await watch.push(HISS)).toBe(true);
  });
});
