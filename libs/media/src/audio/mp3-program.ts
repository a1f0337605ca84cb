import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { AppError } from '@jiga/contracts';
import { scanMp3 } from './mp3-frames.js';
import { checkSound, invalidAudio } from './sound-limits.js';
import { deinterleave, type Sound } from './sound.js';

/** What the programs may take, however little they do. */
const TIMEOUT_MS = 30_000;
const MAX_STDERR_CHARS = 2048;
/** The steps that MPEG audio layer III knows. */
export const MP3_RATES_HZ = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

export interface Mp3Options {
  readonly ffmpegPath: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes MP3 with a child ffmpeg: free decoders of it are under the LGPL, and such code runs as a separate program here.
 * The program gets bare frames that were counted before, and no more output than they can give is taken from it.
 * Errors: `invalid_audio`, `audio_too_long`, and the signal's reason.
 */
export async function decodeMp3(bytes: Uint8Array, maxSeconds: number, options: Mp3Options): Promise<Sound> {
  const { rateHz, channels, samples, start, end } = scanMp3(bytes);
  checkSound({ rateHz, channels, samples }, maxSeconds);
  const args = ['-f', 'mp3', '-i', 'pipe:0', '-ac', String(channels), '-ar', String(rateHz), '-f', 'f32le', 'pipe:1'];
  const maxBytes = (samples + 4096) * channels * 4;
  const raw = await run(options, args, bytes.subarray(start, end), maxBytes).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw invalidAudio('The MP3 file is damaged', error);
  });
  const interleaved = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + (raw.length & ~3)));
  if (interleaved.length === 0) throw invalidAudio('The MP3 file is damaged');
  return { channels: deinterleave(interleaved, channels), sampleRateHz: rateHz };
}

/**
 * Encodes MP3 at a constant rate with a child ffmpeg. `sampleRateHz` must be one of {@link MP3_RATES_HZ}. Errors:
 * `audio_failed`, and the signal's reason.
 */
export async function encodeMp3(sound: Sound, kbps: number, options: Mp3Options): Promise<Uint8Array> {
  const { channels, sampleRateHz } = sound;
  const format = ['-f', 'f32le', '-ac', String(channels.length), '-ar', String(sampleRateHz)];
  const args = [...format, '-i', 'pipe:0', '-c:a', 'libmp3lame', '-b:a', `${kbps}k`, '-f', 'mp3', 'pipe:1'];
  const seconds = (channels[0]?.length ?? 0) / sampleRateHz;
  const maxBytes = 65_536 + seconds * kbps * 250;
  return run(options, args, interleave(channels), maxBytes).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw new AppError('audio_failed', 'The MP3 file could not be made', { cause: error });
  });
}

function interleave(channels: readonly Float32Array[]): Uint8Array {
  const samples = new Float32Array((channels[0]?.length ?? 0) * channels.length);
  for (const [channel, own] of channels.entries()) {
    own.forEach((value, at) => (samples[at * channels.length + channel] = value));
  }
  return new Uint8Array(samples.buffer);
}

/** Feeds a child ffmpeg and takes what it gives, up to `maxBytes`. The child is gone when this settles. */
async function run(options: Mp3Options, args: string[], input: Uint8Array, maxBytes: number): Promise<Buffer> {
  options.signal?.throwIfAborted();
  const fixed = ['-hide_banner', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe'];
  const child = spawn(options.ffmpegPath, [...fixed, ...args], {
    stdio: 'pipe',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const kill = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_STDERR_CHARS);
  });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) kill();
    else chunks.push(chunk);
  });
  // The child may end before it has read everything; its exit code tells whether that matters.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(complaint.trim() || `ffmpeg ended with ${code ?? 'a signal'}`);
    return Buffer.concat(chunks);
  } finally {
    options.signal?.removeEventListener('abort', kill);
  }
}
