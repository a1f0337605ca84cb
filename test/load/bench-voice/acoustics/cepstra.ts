import { RATE_HZ } from '../material.js';

/** Of the model's features: bands of the mel scale between two frequencies. */
export interface FilterBank {
  readonly fromHz: number;
  readonly toHz: number;
  readonly bands: number;
}

/** Coefficients of one frame; with their first and second differences a feature has three streams of so many. */
export const COEFFICIENTS = 13;
export const STREAMS = 3;

const FFT_SIZE = 512;
const FRAME = 410;
const HOP = 160;
const PREEMPHASIS = 0.97;
const LIFTER = 22;
const SAMPLE_SCALE = 32_768;
const POWER_FLOOR = 1e-4;

type Twiddle = readonly [cos: number, sin: number];
/** Of the Fourier transform, by the part of the circle. */
const TWIDDLES = Array.from({ length: FFT_SIZE / 2 }, (_, at): Twiddle => {
  const angle = (-2 * Math.PI * at) / FFT_SIZE;
  return [Math.cos(angle), Math.sin(angle)];
});

interface Band {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Mel cepstra as SoundSwallower reckons them, so that a sound can be compared with the Gaussians of its models.
 * @see S. Davis, P. Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", 1980
 */
export class Cepstra {
  readonly #window = Float64Array.from(
    { length: FRAME },
    (_, at) => 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (FRAME - 1)),
  );
  readonly #bands: readonly Band[];
  readonly #lift = Array.from(
    { length: COEFFICIENTS },
    (_, at) => 1 + (LIFTER / 2) * Math.sin((at * Math.PI) / LIFTER),
  );

  constructor(bank: FilterBank) {
    this.#bands = bandsOf(bank);
  }

  /** One feature for each 10 ms: three streams of coefficients, less their mean over the whole sound. */
  features(pcm: Float32Array): Float64Array[] {
    const frames = Math.max(0, 1 + Math.floor((pcm.length - FRAME) / HOP));
    return withDifferences(centred(Array.from({ length: frames }, (_, at) => this.#frame(pcm, at * HOP))));
  }

  #frame(pcm: Float32Array, from: number): Float64Array {
    const re = new Float64Array(FFT_SIZE);
    const sample = (at: number): number => (pcm[at] ?? 0) * SAMPLE_SCALE;
    for (let at = 0; at < FRAME; at++)
      re[at] = (sample(from + at) - PREEMPHASIS * sample(from + at - 1)) * (this.#window[at] ?? 0);
    const power = powerSpectrum(re);
    const logs = this.#bands.map(({ first, weights }) =>
      Math.log(weights.reduce((sum, weight, at) => sum + weight * (power[first + at] ?? 0), POWER_FLOOR)),
    );
    return Float64Array.from({ length: COEFFICIENTS }, (_, at) => (this.#lift[at] ?? 1) * cosineTransform(logs, at));
  }
}

function cosineTransform(logs: readonly number[], order: number): number {
  const sum = logs.reduce((so, log, at) => so + log * Math.cos((Math.PI * order * (at + 0.5)) / logs.length), 0);
  return sum * Math.sqrt((order === 0 ? 1 : 2) / logs.length);
}

/** Triangles of equal area whose corners lie on bins of the spectrum. */
function bandsOf({ fromHz, toHz, bands }: FilterBank): Band[] {
  const mel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const width = (mel(toHz) - mel(fromHz)) / (bands + 1);
  const corner = (at: number): number => {
    const hz = 700 * (10 ** ((mel(fromHz) + at * width) / 2595) - 1);
    return Math.floor((hz * FFT_SIZE) / RATE_HZ + 0.5);
  };
  return Array.from({ length: bands }, (_, at) => {
    const [low, middle, high] = [corner(at), corner(at + 1), corner(at + 2)];
    const height = (2 * FFT_SIZE) / RATE_HZ / (high - low);
    const last = Math.min(high, FFT_SIZE / 2 - 1);
    const weights = Array.from(
      { length: last - low + 1 },
      (__, bin) => height * Math.min(bin / (middle - low), (high - low - bin) / (high - middle)),
    );
    return { first: low, weights };
  });
}

/** Of a real signal; radix 2. */
function powerSpectrum(re: Float64Array): Float64Array {
  const im = new Float64Array(FFT_SIZE);
  for (let at = 1, to = 0; at < FFT_SIZE; at++) {
    let bit = FFT_SIZE >> 1;
    for (; to & bit; bit >>= 1) to ^= bit;
    to ^= bit;
    if (at < to) [re[at], re[to]] = [re[to] ?? 0, re[at] ?? 0];
  }
  for (let size = 2; size <= FFT_SIZE; size <<= 1) {
    for (let start = 0; start < FFT_SIZE; start += size) {
      for (let k = 0; k < size / 2; k++)
        butterfly(re, im, [start + k, start + k + size / 2], TWIDDLES[(k * FFT_SIZE) / size] ?? [1, 0]);
    }
  }
  return re.map((value, at) => value ** 2 + (im[at] ?? 0) ** 2).subarray(0, FFT_SIZE / 2);
}

function butterfly(re: Float64Array, im: Float64Array, [a, b]: [a: number, b: number], [cos, sin]: Twiddle): void {
  const [reA, imA, reB, imB] = [re[a] ?? 0, im[a] ?? 0, re[b] ?? 0, im[b] ?? 0];
  const [turnedRe, turnedIm] = [reB * cos - imB * sin, reB * sin + imB * cos];
  [re[a], im[a], re[b], im[b]] = [reA + turnedRe, imA + turnedIm, reA - turnedRe, imA - turnedIm];
}

function centred(frames: readonly Float64Array[]): Float64Array[] {
  const mean = Array.from(
    { length: COEFFICIENTS },
    (_, at) => frames.reduce((sum, frame) => sum + (frame[at] ?? 0), 0) / frames.length,
  );
  return frames.map((frame) => frame.map((value, at) => value - (mean[at] ?? 0)));
}

function withDifferences(frames: readonly Float64Array[]): Float64Array[] {
  const value = (frame: number, at: number): number =>
    frames[Math.max(0, Math.min(frames.length - 1, frame))]?.[at] ?? 0;
  const change = (frame: number, at: number): number => value(frame + 2, at) - value(frame - 2, at);
  return frames.map((coefficients, frame) => {
    const feature = new Float64Array(COEFFICIENTS * STREAMS);
    feature.set(coefficients);
    for (let at = 0; at < COEFFICIENTS; at++) {
      feature[COEFFICIENTS + at] = change(frame, at);
      feature[2 * COEFFICIENTS + at] = change(frame + 1, at) - change(frame - 1, at);
    }
    return feature;
  });
}
