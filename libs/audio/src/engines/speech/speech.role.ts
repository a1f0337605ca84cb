import type { VoiceQuality } from '../../ports/speech.port.js';
import { loadResamplers } from '../front-end/speex-resampler.js';
import { memoryOf, type RoleMethods } from '../threads/messages.js';
import { Flite } from './flite.js';
import { FLITE_VOICES } from './voices.js';
import { enriched, HIGH_RATE_HZ, withVolume } from './voice-shaping.js';

/** One sentence. */
export interface SpeakJob {
  readonly text: string;
  readonly voice: string;
  readonly quality: VoiceQuality;
  readonly rate: number;
  readonly volume: number;
}

export interface Spoken {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/** The thread's side of the voices. */
export async function loadSpeech(): Promise<RoleMethods> {
  const [flite, resamplers] = await Promise.all([Flite.load(), loadResamplers()]);
  return {
    probe: async () => {
      await flite.speak({ text: 'Ready', voice: 'kal', rate: 1 });
      return { value: null };
    },
    speak: async ({ text, voice, quality, rate, volume }: SpeakJob) => {
      if (!FLITE_VOICES.some(({ id }) => id === voice)) throw new RangeError(`No voice is called ${voice}`);
      const { pcm, sampleRateHz } = await flite.speak({ text, voice, rate });
      const isHigh = quality === 'high' && sampleRateHz === 16_000;
      const shaped = isHigh ? enriched(pcm, resamplers) : pcm;
      const value: Spoken = {
        pcm: volume === 1 ? shaped : withVolume(shaped, volume),
        sampleRateHz: isHigh ? HIGH_RATE_HZ : sampleRateHz,
      };
      return { value, transfer: memoryOf(value.pcm) };
    },
  };
}
