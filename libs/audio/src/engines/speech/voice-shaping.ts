import { resampleWhole } from '../front-end/speex-resampler.js';
import type { Resampler } from '../front-end/stages.js';

/** Above this, peaks are bent rather than cut. */
const KNEE = 0.8;
export const HIGH_RATE_HZ = 32_000;
/** What the filled-in band has of the amplitude of the band it is made of. */
const BAND_GAIN = 0.5;
/** Loudness that `high` aims at: root mean square of what is voiced. */
const TARGET_RMS = 0.12;
const VOICED = 0.02;

/** Louder or softer; peaks near full scale are bent, not clipped. */
export const withVolume = (pcm: Float32Array, volume: number): Float32Array =>
  pcm.map((value) => limited(value * volume));

function limited(value: number): number {
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  return Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)));
}

/**
 * Speech of 16 kHz as 32 kHz: what lies between 4 and 8 kHz is mirrored up to 12 kHz (spectral folding) and lifted, and the
 * whole is brought to an even loudness.
 */
export function enriched(pcm: Float32Array, resampler: (fromHz: number, toHz: number) => Resampler): Float32Array {
  const up = resampler(16_000, HIGH_RATE_HZ);
  const wide = resampleWhole(up, pcm);
  up.close();
  const bright = highPass(pcm);
  const gain = TARGET_RMS / Math.max(0.03, voicedRms(pcm));
  for (let at = 0; at < wide.length; at++) {
    // A sample and a zero in turn are the band itself and its mirror picture at half amplitude each.
    const folded = at % 2 === 0 ? (bright[at / 2] ?? 0) * 2 * BAND_GAIN : 0;
    wide[at] = limited(((wide[at] ?? 0) + folded) * gain);
  }
  return wide;
}

function voicedRms(pcm: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of pcm) {
    if (Math.abs(value) < VOICED) continue;
    sum += value * value;
    count += 1;
  }
  return Math.sqrt(sum / Math.max(1, count));
}

/** Second-order Butterworth at a quarter of the rate, where its coefficients are simplest. */
function highPass(pcm: Float32Array): Float32Array {
  const b = 1 / (2 + Math.SQRT2);
  const a = (2 - Math.SQRT2) / (2 + Math.SQRT2);
  const out = new Float32Array(pcm.length);
  for (let at = 0; at < pcm.length; at++) {
    const [x, x1, x2] = [pcm[at] ?? 0, pcm[at - 1] ?? 0, pcm[at - 2] ?? 0];
    out[at] = b * (x - 2 * x1 + x2) - a * (out[at - 2] ?? 0);
  }
  return out;
}
