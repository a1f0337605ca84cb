import { loadGtcrn } from './gtcrn.js';
import { loadRnnoise } from './rnnoise.js';
import { loadSilero } from './silero.js';
import { loadResamplers } from './speex-resampler.js';
import type { EchoCanceller, NoiseSuppressor, Resampler, VoiceActivityDetector } from './stages.js';
import { loadApm } from './webrtc-apm.js';

/** Makes the stages of a stream. What is null is not to be had here. */
export interface StageKit {
  resampler(fromHz: number, toHz: number): Resampler;
  readonly light: () => NoiseSuppressor;
  readonly full: (() => NoiseSuppressor) | null;
  readonly canceller: (() => EchoCanceller) | null;
  readonly detector: () => VoiceActivityDetector;
}

/** Loads every engine that streams need (about 0.3 s), once for a thread. */
export async function loadStageKit(): Promise<StageKit> {
  const resampler = await loadResamplers();
  const [light, full, detector] = await Promise.all([
    loadRnnoise(resampler),
    // Another build of the package is not known to be the same thing: the light one stands in.
    loadGtcrn().catch(() => null),
    loadSilero(),
  ]);
  return { resampler, light, full, canceller: loadApm(), detector };
}
