import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface FakeMediaOptions {
  readonly ffmpegPath: string;
  /** What is cut into segments. */
  readonly clip: string;
  /** An empty directory. */
  readonly directory: string;
  readonly width: number;
  readonly height: number;
  readonly fps?: number;
  readonly segmentS?: number;
  readonly seconds: number;
  readonly container?: 'mpegts' | 'fmp4';
  readonly kbps?: number;
}

export interface FakeMedia {
  readonly segments: readonly Buffer[];
  /** Initialization section of fMP4. */
  readonly init: Buffer | null;
}

const run = promisify(execFile);

/** Real H.264 segments with sound, as Twitch cuts them: every one begins with a whole picture. */
export async function makeMedia(options: FakeMediaOptions): Promise<FakeMedia> {
  const { clip, directory, width, height, fps = 30, segmentS = 2, seconds, container = 'mpegts', kbps = 630 } = options;
  const keyframes = [
    '-g',
    String(fps * segmentS),
    '-keyint_min',
    String(fps * segmentS),
    '-sc_threshold',
    '0',
    '-bf',
    '2',
  ];
  const video = [
    '-vf',
    `scale=${width}:${height}`,
    '-r',
    String(fps),
    '-c:v',
    'libx264',
    '-preset',
    'superfast',
    '-b:v',
    `${kbps}k`,
  ];
  const sound = ['-c:a', 'aac', '-b:a', '64k', '-ar', '48000'];
  const names = join(directory, container === 'fmp4' ? 's%04d.m4s' : 's%04d.ts');
  const fragments = container === 'fmp4' ? ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'] : [];
  const hls = [
    '-f',
    'hls',
    '-hls_time',
    String(segmentS),
    '-hls_list_size',
    '0',
    ...fragments,
    '-hls_segment_filename',
    names,
  ];
  const input = ['-v', 'error', '-nostdin', '-i', clip, '-f', 'lavfi', '-i', 'sine=440:r=48000'];
  const map = ['-t', String(seconds), '-map', '0:v:0', '-map', '1:a:0'];
  await run(options.ffmpegPath, [
    ...input,
    ...map,
    ...video,
    ...keyframes,
    ...sound,
    ...hls,
    join(directory, 'list.m3u8'),
  ]);
  const files = (await readdir(directory)).filter((name) => /^s\d+\./.test(name)).sort();
  const segments = await Promise.all(files.map((name) => readFile(join(directory, name))));
  return { segments, init: container === 'fmp4' ? await readFile(join(directory, 'init.mp4')) : null };
}
