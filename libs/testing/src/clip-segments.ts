import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { locateFfmpeg } from '@jiga/media';
import { tempDir } from './temp-dir.js';

/** Below the root of the repository. */
export const SAMPLE_CLIP = 'test/fixtures/openarena/oa_ctf_sample.mp4';

export interface SegmentOptions {
  readonly clip: string;
  /** How much of the clip is taken; absent = all. */
  readonly seconds?: number;
  readonly segmentS: number;
  readonly width: number;
  readonly height: number;
  readonly bitsPerSecond?: number;
}

const run = promisify(execFile);

/** A clip as a live stream would bring it: MPEG-TS segments of H.264, each beginning with a whole picture. */
export async function clipSegments(options: SegmentOptions): Promise<Buffer[]> {
  const { clip, seconds, segmentS, width, height, bitsPerSecond = 1_200_000 } = options;
  const ffmpeg = await locateFfmpeg({ searchPath: process.env['PATH'] });
  if (!ffmpeg.found) throw new Error(ffmpeg.remedy);
  const directory = await tempDir();
  try {
    const taken = seconds === undefined ? [] : ['-t', String(seconds)];
    const input = ['-v', 'error', ...taken, '-i', clip, '-vf', `scale=${width}:${height}`, '-an'];
    const keys = `expr:gte(t,n_forced*${segmentS})`;
    const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-b:v', String(bitsPerSecond)];
    const cut = [
      '-force_key_frames',
      keys,
      '-f',
      'segment',
      '-segment_time',
      String(segmentS),
      '-segment_time_delta',
      '0.02',
    ];
    const output = ['-segment_format', 'mpegts', join(directory.path, '%04d.ts')];
    await run(ffmpeg.path, [...input, ...encode, ...cut, ...output]);
    const names = (await readdir(directory.path)).sort();
    return await Promise.all(names.map((name) => readFile(join(directory.path, name))));
  } finally {
    await directory.remove();
  }
}
