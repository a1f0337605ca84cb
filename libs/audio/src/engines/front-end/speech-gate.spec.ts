import { beforeEach, describe, expect, it } from '@jest/globals';

import { SpeechGate, type GatedWindow } from './speech-gate.js';
import type { NoiseSuppressor, VoiceActivityDetector } from './stages.js';

/** Takes the level of a window for the probability of speech. */
const detector = (): VoiceActivityDetector => ({
  id: 'fake',
  detect: (window) => Promise.resolve(window[0] ?? 0),
  reset: () => {},
  close: () => {},
});

/** Makes every sample its half, a window later. */
class Halving implements NoiseSuppressor {
  readonly id = 'fake';
  readonly latencyMs = 32;
  taken = 0;
  closed = false;
  #last = new Float32Array(512);

  push(pcm: Float32Array): Float32Array {
    this.taken++;
    const out = this.#last;
    this.#last = pcm.map((x) => x / 2);
    return out;
  }
  reset(): void {
    this.#last = new Float32Array(512);
  }
  close(): void {
    this.closed = true;
  }
}

describe('SpeechGate', () => {
  let noise: Halving;
  let gate: SpeechGate;
  const hear = async (count: number, level: number) => {
    const windows: GatedWindow[] = [];
    const voicing: number[] = [];
    for (let i = 0; i < count; i++) {
      const found = await gate.push(new Float32Array(512).fill(level));
      windows.push(...found.windows);
      voicing.push(found.voicing);
    }
    return { windows, voicing };
  };
  beforeEach(() => {
    noise = new Halving();
    gate = new SpeechGate(detector, noise);
  });

  it('passes what is no speech as it is, at once and free of cost', async () => {
    const { windows } = await hear(50, 0.0625);
    expect(windows.map(({ index, pcm }) => [index, pcm[0]])).toEqual(windows.map((_, index) => [index, 0.0625]));
    expect([windows.length, noise.taken]).toEqual([50, 0]);
  });

  it('cleans speech and what was just before it, a window later; its probability is told at once', async () => {
    await hear(20, 0.0625);
    const first = await hear(1, 0.75);
    expect(first.voicing).toEqual([0.75]);
    expect(first.windows).toEqual([]);
    const { windows } = await hear(1, 0.75);
    expect(windows).toMatchObject([{ index: 20, speechProbability: 0.375 }]);
    expect(windows[0]?.pcm[0]).toBe(0.375);
    expect(windows[0]?.before.map((pcm) => pcm[0])).toEqual(Array<number>(10).fill(0.03125));
  });

  it('loses no window and keeps their order, whether it opens, closes or changes its suppressor', async () => {
    const all: GatedWindow[] = [];
    for (const [count, level] of [
      [5, 0],
      [7, 0.5],
      [30, 0],
      [3, 0.5],
    ] as const)
      all.push(...(await hear(count, level)).windows);
    const other = new Halving();
    gate.suppressWith(other);
    all.push(...(await hear(40, 0)).windows);
    expect(all.map(({ index }) => index)).toEqual([...Array(85).keys()]);
    expect([noise.closed, other.taken]).toEqual([true, 0]);
  });

  it('cleans on through pauses between words, and not for ever', async () => {
    await hear(1, 0.5);
    const taken = noise.taken;
    await hear(100, 0);
    expect(noise.taken - taken).toBe(11);
  });

  it('finds only the probability without a suppressor', async () => {
    gate = new SpeechGate(detector, null);
    expect((await hear(2, 0.75)).windows.map(({ speechProbability }) => speechProbability)).toEqual([0.75, 0.75]);
  });
});
