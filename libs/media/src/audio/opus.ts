import { OpusDecoder } from 'opus-decoder';
import { OPUS_RATE_HZ, opusSamples, type OpusStream } from './opus-packets.js';
import { checkSound, invalidAudio } from './sound-limits.js';
import type { Sound } from './sound.js';

/** Packets of a piece: so many are decoded before the thread looks up. */
const PIECE = 500;

/**
 * Decodes Opus to 48 kHz (libopus as WebAssembly). How long it is, is known from the packets before anything is decoded.
 * Blocks its thread for about 3 ms per second of sound: only for workers. Errors: `invalid_audio`, `audio_too_long`.
 */
export async function decodeOpus({ packets, channels, preSkip }: OpusStream, maxSeconds: number): Promise<Sound> {
  const samples = packets.reduce((sum, packet) => sum + opusSamples(packet), 0) - preSkip;
  checkSound({ rateHz: OPUS_RATE_HZ, channels, samples }, maxSeconds);
  const decoder = new OpusDecoder({ channels, streamCount: 1, coupledStreamCount: channels - 1, preSkip });
  await decoder.ready;
  try {
    const out = Array.from({ length: channels }, () => new Float32Array(samples));
    let filled = 0;
    for (let at = 0; at < packets.length; at += PIECE) {
      const { channelData, errors } = decoder.decodeFrames(packets.slice(at, at + PIECE));
      if (errors.length > 0) throw invalidAudio(`Packet ${at + (errors[0]?.frameNumber ?? 0)} of the sound is damaged`);
      const length = channelData[0]?.length ?? 0;
      for (const [channel, own] of out.entries()) {
        own.set((channelData[channel] ?? new Float32Array(length)).subarray(0, samples - filled), filled);
      }
      filled = Math.min(samples, filled + length);
    }
    if (filled === 0) throw invalidAudio('The sound has no samples');
    return { channels: out.map((own) => own.slice(0, filled)), sampleRateHz: OPUS_RATE_HZ };
  } finally {
    decoder.free();
  }
}
