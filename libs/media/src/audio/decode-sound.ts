import { AppError } from '@jiga/contracts';
import { decodeMp3 } from './mp3-program.js';
import { readOggOpus } from './ogg-opus.js';
import { decodeOpus } from './opus.js';
import { invalidAudio } from './sound-limits.js';
import type { Sound } from './sound.js';
import { sniffSound } from './sniff-sound.js';
import { decodeWav } from './wav.js';
import { readWebmOpus } from './webm-opus.js';

export type SoundFormat = 'wav' | 'mp3' | 'ogg-opus' | 'webm-opus';

export interface DecodeSoundOptions {
  readonly maxSeconds: number;
  /** For MP3; null = there is none, and `ffmpegRemedy` says what to do about it. */
  readonly ffmpegPath: string | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a sound file by its content. Blocks its thread: only for workers. Errors as AppError: `unsupported_audio`,
 * `invalid_audio`, `audio_too_long`, `capability_unavailable`, and the signal's reason.
 */
export async function decodeSound(
  bytes: Uint8Array,
  options: DecodeSoundOptions,
): Promise<Sound & { readonly format: SoundFormat }> {
  if (bytes.length === 0) throw invalidAudio('The sound is empty');
  const { maxSeconds, ffmpegPath, signal } = options;
  const found = sniffSound(bytes);
  switch (found.kind) {
    case 'wav':
      return { ...decodeWav(bytes, maxSeconds), format: 'wav' };
    case 'ogg':
      return { ...(await decodeOpus(readOggOpus(bytes), maxSeconds)), format: 'ogg-opus' };
    case 'webm':
      return { ...(await decodeOpus(readWebmOpus(bytes), maxSeconds)), format: 'webm-opus' };
    case 'mp3':
      if (ffmpegPath === null) throw mp3Unavailable();
      return { ...(await decodeMp3(bytes, maxSeconds, { ffmpegPath, signal })), format: 'mp3' };
    default:
      throw new AppError(
        'unsupported_audio',
        `The sound must be WAV, MP3, or Opus in Ogg or WebM; this looks like ${found.looksLike}`,
      );
  }
}

/** MP3 needs a program that this server does not have. */
export const mp3Unavailable = (): AppError =>
  new AppError(
    'capability_unavailable',
    'MP3 needs ffmpeg, which this server has not found: the operator should install it or set JIGA_FFMPEG_PATH',
  );
