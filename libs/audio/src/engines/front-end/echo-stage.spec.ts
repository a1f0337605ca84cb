import { beforeEach, describe, expect, it } from '@jest/globals';

import { EchoStage } from './echo-stage.js';
import type { EchoCanceller } from './stages.js';

const RATE_HZ = 16_000;

/** Takes out everything, so that what comes through has passed beside it. */
const canceller: EchoCanceller = {
  id: 'fake',
  latencyMs: 0,
  processRender: () => {},
  processCapture: (frame) => void frame.fill(0),
  reset: () => {},
  close: () => {},
};

/** Noise that is the same for the same seed, its loudness going up and down as that of speech does. */
function voice(seconds: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: seconds * RATE_HZ }, (_, at) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return (state / 0x7fff_ffff - 0.5) * 0.4 * (1.2 + Math.sin(at / 900 + seed));
  });
}

const delayed = (pcm: Float32Array, seconds: number, gain: number): Float32Array =>
  pcm.map((_, at) => gain * (pcm[at - seconds * RATE_HZ] ?? 0));

const loudness = (pcm: Float32Array): number => Math.sqrt(pcm.reduce((sum, x) => sum + x * x, 0) / pcm.length);

describe.each([
  ['a canceller', canceller],
  ['a gate alone', null],
])('EchoStage with %s', (_, of) => {
  let stage: EchoStage;
  /** What comes through while `far` is played. */
  const hear = (far: Float32Array, mic: Float32Array): Float32Array => {
    stage.play(far);
    return stage.push(mic);
  };
  beforeEach(() => {
    stage = new EchoStage(of);
  });

  it('passes everything as it is while nothing is played', () => {
    const speech = voice(1, 7);
    expect(loudness(stage.push(speech))).toBeCloseTo(loudness(speech), 2);
  });

  it.each([0, 0.06, 0.25, 0.35])('lets no echo through that comes after %d s', (delayS) => {
    const far = voice(4, 3);
    expect(loudness(hear(far, delayed(far, delayS, 0.5)))).toBe(0);
  });

  it('does not take a player for an echo who wears headphones', () => {
    const silence = new Float32Array(1.5 * RATE_HZ);
    hear(voice(1.5, 3), silence);
    const speech = voice(2, 11);
    expect(loudness(hear(voice(2, 5), speech))).toBeCloseTo(loudness(speech), 2);
  });

  it('knows after 0.4 s of silence that the first words have no echo', () => {
    const speech = voice(1, 11);
    hear(voice(0.45, 3), new Float32Array(0.45 * RATE_HZ));
    expect(loudness(hear(voice(1, 5), speech))).toBeCloseTo(loudness(speech), 2);
  });

  it('lets the first of an echo through that comes later than any loudspeaker, and then no more', () => {
    const far = voice(4, 3);
    expect(loudness(hear(far, delayed(far, 0.48, 0.5)).subarray(1.3 * RATE_HZ))).toBe(0);
  });

  it('does not believe that an echo is gone until it was silent for a second', () => {
    const far = voice(3, 3);
    hear(far, delayed(far, 0.06, 0.5));
    hear(voice(0.6, 5), new Float32Array(0.6 * RATE_HZ));
    expect(loudness(hear(voice(0.3, 7), voice(0.3, 11)))).toBe(0);
  });

  it('finds the echo again when the headphones come off', () => {
    hear(voice(1.5, 3), new Float32Array(1.5 * RATE_HZ));
    const far = voice(3, 5);
    const heard = hear(far, delayed(far, 0.1, 0.3));
    expect(loudness(heard.subarray(1.6 * RATE_HZ))).toBe(0);
  });

  it('expects an echo at first, and after a new beginning', () => {
    const speech = voice(0.5, 11);
    expect(loudness(hear(voice(0.5, 3), speech))).toBe(0);
    hear(voice(1.5, 3), new Float32Array(1.5 * RATE_HZ));
    stage.reset();
    expect(loudness(hear(voice(0.5, 3), speech))).toBe(0);
  });
});
