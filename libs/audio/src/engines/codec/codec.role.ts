import { decodeSound, encodeMp3, encodeWav, MP3_RATES_HZ, mp3Unavailable, toMono } from '@jiga/media';
import { AppError } from '@jiga/contracts';

import type { DecodedAudio, EncodeOptions } from '../../ports/codec.port.js';
import type { PcmAudio } from '../../ports/pcm.js';
import { loadResamplers, resampleWhole } from '../front-end/speex-resampler.js';
import { memoryOf, type AudioThreadData, type RoleMethods, type ThreadAnswer } from '../threads/messages.js';

export interface DecodeJob {
  readonly bytes: Uint8Array;
  readonly maxSeconds: number;
}

export interface EncodeJob {
  readonly audio: PcmAudio;
  readonly options: Omit<EncodeOptions, 'signal'>;
}

export interface ResampleJob {
  readonly pcm: Float32Array;
  readonly fromHz: number;
  readonly toHz: number;
}

/** The thread's side of reading and writing files of sound. */
export async function loadCodec({ ffmpegPath }: AudioThreadData): Promise<RoleMethods> {
  const resamplers = await loadResamplers();

  const resample = (pcm: Float32Array, fromHz: number, toHz: number): Float32Array => {
    if (fromHz === toHz) return pcm;
    const resampler = resamplers(fromHz, toHz);
    try {
      return resampleWhole(resampler, pcm);
    } finally {
      resampler.close();
    }
  };
  const encode = async ({ audio, options }: EncodeJob, signal: AbortSignal): Promise<ThreadAnswer> => {
    const { format, sampleRateHz } = options;
    const sources = options.channels === 1 ? [toMono(audio.channels)] : audio.channels;
    const channels = sources.map((pcm) => resample(pcm, audio.sampleRateHz, sampleRateHz));
    // One channel asked for as two is the same on both sides.
    if (options.channels === 2 && channels[0] && !channels[1]) channels.push(channels[0]);
    const sound = { channels, sampleRateHz };
    if (format === 'wav') {
      const bytes = encodeWav(sound);
      return { value: bytes, transfer: [bytes.buffer] };
    }
    if (ffmpegPath === null) throw mp3Unavailable();
    checkMp3Rate(sampleRateHz);
    const kbps = options.kbps ?? (options.channels === 1 ? 64 : 96);
    return { value: new Uint8Array(await encodeMp3(sound, kbps, { ffmpegPath, signal })) };
  };
  return {
    probe: () => ({ value: null }),
    encode,
    decode: async ({ bytes, maxSeconds }: DecodeJob, signal) => {
      const sound = await decodeSound(bytes, { maxSeconds, ffmpegPath, signal });
      const durationMs = ((sound.channels[0]?.length ?? 0) / sound.sampleRateHz) * 1000;
      const value: DecodedAudio = { ...sound, durationMs };
      return { value, transfer: memoryOf(...sound.channels) };
    },
    resample: ({ pcm, fromHz, toHz }: ResampleJob) => {
      const value = resample(pcm, fromHz, toHz);
      return { value, transfer: memoryOf(value) };
    },
  };
}

function checkMp3Rate(sampleRateHz: number): void {
  const rates: readonly number[] = MP3_RATES_HZ;
  if (rates.includes(sampleRateHz)) return;
  throw new AppError('validation_failed', `MP3 has ${rates.join(', ')} Hz; ${sampleRateHz} Hz is none of them`);
}
