/** Samples of a window of voice detection, 32 ms. */
const WINDOW = 512;
/** A window counts as voiced from this probability on. */
export const VOICED = 0.5;
/** Windows kept before and after what is voiced: soft consonants are not. */
const MARGIN_WINDOWS = 8;
/** Less than this is a click or a cough. */
const MIN_VOICED_WINDOWS = 4;
/** Amplitude of the noise that is added, −48 dB. */
const FLOOR = 0.008;

export interface Utterance {
  readonly pcm: Float32Array;
  /** Position of its first sample in the sound that was given. */
  readonly startMs: number;
  /** Of speech, for each 32 ms of it. */
  readonly probabilities: readonly number[];
}

/**
 * What of a sound is worth recognising; null when nobody speaks. The decoder measures itself against the mean of all that it
 * is given, and what noise suppression leaves of a pause is silence beyond anything it was trained on: so pauses at both
 * ends go, and a soft noise floor is laid below the rest. At 10 dB of game sound this brings a third more right.
 */
export function utteranceOf(pcm: Float32Array, probabilities: readonly number[]): Utterance | null {
  const isVoiced = (probability: number): boolean => probability >= VOICED;
  if (probabilities.filter(isVoiced).length < MIN_VOICED_WINDOWS) return null;
  const first = Math.max(0, probabilities.findIndex(isVoiced) - MARGIN_WINDOWS);
  const end = Math.min(probabilities.length, probabilities.findLastIndex(isVoiced) + 1 + MARGIN_WINDOWS);
  const part = pcm.slice(first * WINDOW, end * WINDOW);
  return { pcm: withFloor(part), startMs: first * 32, probabilities: probabilities.slice(first, end) };
}

/** The same noise every time, so that the same sound gives the same words. */
export function withFloor(pcm: Float32Array): Float32Array {
  let seed = 1;
  return pcm.map((value) => {
    seed = (seed * 48_271) % 0x7fff_ffff;
    return value + (seed / 0x7fff_ffff - 0.5) * FLOOR;
  });
}
