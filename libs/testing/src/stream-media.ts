import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { locateFfmpeg } from '@jiga/media';

import { tempDir } from './temp-dir.js';

/** Below the root of the repository. */
export const SAMPLE_CLIP = 'samples/openarena/oa_ctf_sample.mp4';

export interface StreamMediaOptions {
  /** What is cut into segments. */
  readonly clip: string;
  /** How much of the clip is taken, and of the sound; absent = all. */
  readonly seconds?: number;
  readonly width: number;
  readonly height: number;
  /** Absent = as the clip has it. */
  readonly fps?: number;
  readonly segmentS?: number;
  readonly kbps?: number;
  readonly container?: 'mpegts' | 'fmp4';
  /** `tone`: 440 Hz; or the path of a sound file. Absent = none. */
  readonly sound?: string;
}

export interface StreamMedia {
  readonly segments: readonly Buffer[];
  /** Initialization section of fMP4. */
  readonly init: Buffer | null;
}

const run = promisify(execFile);

/** A clip as a live stream brings it: segments of H.264, and AAC where sound is wanted, each beginning with a whole picture. */
export async function makeMedia(options: StreamMediaOptions): Promise<StreamMedia> {
  return cut((directory) => [...inputs(options), ...pictures(options), ...segments(options, directory)]);
}

/** What ffmpeg makes of these arguments in a directory: `s0001.…`, and `init.mp4` where there is one. */
async function cut(argumentsIn: (directory: string) => string[]): Promise<StreamMedia> {
  const ffmpeg = await locateFfmpeg({ searchPath: process.env['PATH'] });
  if (!ffmpeg.found) throw new Error(ffmpeg.remedy);
  const directory = await tempDir();
  try {
    await run(ffmpeg.path, argumentsIn(directory.path));
    const all = await readdir(directory.path);
    const names = all.filter((name) => /^s\d+\./.test(name)).sort();
    const read = (name: string): Promise<Buffer> => readFile(join(directory.path, name));
    const init = all.includes('init.mp4') ? await read('init.mp4') : null;
    return { segments: await Promise.all(names.map(read)), init };
  } finally {
    await directory.remove();
  }
}

/** How segments that hold sound alone may come. */
export type SoundSegments = 'mpegts' | 'fmp4' | 'aac' | 'mp3';

/** A rendition of sound alone: of a file, followed by silence. */
export async function makeSound(options: {
  readonly sound: string;
  readonly seconds: number;
  readonly segmentS: number;
  readonly container: SoundSegments;
}): Promise<StreamMedia> {
  const { sound, seconds, segmentS, container } = options;
  const codec = container === 'mp3' ? ['-c:a', 'libmp3lame'] : ['-c:a', 'aac'];
  const encode = ['-af', 'apad', ...codec, '-b:a', '64k', '-ar', '48000', '-t', String(seconds)];
  const input = ['-v', 'error', '-nostdin', '-i', sound, '-map', '0:a:0', ...encode];
  return cut((directory) => [
    ...input,
    ...(container === 'aac' || container === 'mp3'
      ? ['-f', 'segment', '-segment_time', String(segmentS), join(directory, `s%04d.${container}`)]
      : segments({ container, segmentS }, directory)),
  ]);
}

function inputs({ clip, seconds, sound }: StreamMediaOptions): string[] {
  const length = seconds === undefined ? [] : ['-t', String(seconds)];
  const common = ['-v', 'error', '-nostdin', '-i', clip];
  if (sound === undefined) return [...common, ...length, '-map', '0:v:0'];
  const source = sound === 'tone' ? ['-f', 'lavfi', '-i', 'sine=440:r=48000'] : ['-i', sound];
  // A stream has sound all the time, if only silence.
  const encode = ['-af', 'apad', '-c:a', 'aac', '-b:a', '64k', '-ar', '48000'];
  return [
    ...common,
    ...source,
    ...(length.length > 0 ? length : ['-shortest']),
    '-map',
    '0:v:0',
    '-map',
    '1:a:0',
    ...encode,
  ];
}

function pictures({ width, height, fps, segmentS = 2, kbps = 630 }: StreamMediaOptions): string[] {
  const rate = fps === undefined ? [] : ['-r', String(fps)];
  const whole = ['-force_key_frames', `expr:gte(t,n_forced*${segmentS})`, '-sc_threshold', '0', '-bf', '2'];
  const encode = ['-c:v', 'libx264', '-preset', 'superfast', '-pix_fmt', 'yuv420p', '-b:v', `${kbps}k`];
  return ['-vf', `scale=${width}:${height}`, ...rate, ...encode, ...whole];
}

function segments(
  { container, segmentS = 2 }: Pick<StreamMediaOptions, 'container' | 'segmentS'>,
  directory: string,
): string[] {
  const isFragmented = container === 'fmp4';
  const fragments = isFragmented ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'] : [];
  const names = ['-hls_segment_filename', join(directory, isFragmented ? 's%04d.m4s' : 's%04d.ts')];
  const hls = ['-f', 'hls', '-hls_time', String(segmentS), '-hls_list_size', '0'];
  return [...hls, ...fragments, ...names, join(directory, 'list.m3u8')];
}
