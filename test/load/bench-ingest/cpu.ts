import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { locateFfmpeg } from '@jiga/media';
import { ffmpegSearch, SystemClock } from '@jiga/platform';
import { FfmpegDecoder } from '@jiga/streams';
import { makeMedia, SAMPLE_CLIP, type StreamMedia } from '@jiga/testing';

import { save } from '../bench-flow/machine.js';

const SECONDS = 10;
const SEGMENT_S = 2;
const STREAMS = 20;
const RATIO_MAX = 0.12;
const CORES = 2;
const TICKS_PER_SECOND = 100;
const picture = { fps: 2, width: 640, height: 360, jpegQuality: 50, batchProcessing: false };

const run = promisify(execFile);

/**
 * Processor time of decoding a stream as JIGA does (360p, two frames a second, one ffmpeg for the whole stream) against
 * decoding its 1080p60 source whole, process start included. Prints it; returns whether it is within its bounds.
 */
export async function benchCpu(): Promise<boolean> {
  const found = await locateFfmpeg(ffmpegSearch());
  if (!found.found) throw new Error(found.remedy);
  const base = { clip: SAMPLE_CLIP, seconds: SECONDS, segmentS: SEGMENT_S, sound: 'tone' };
  const source = await makeMedia({ ...base, width: 1920, height: 1080, fps: 60, kbps: 6400 });
  const small = await makeMedia({ ...base, width: 640, height: 360, fps: 30 });
  const sourceCpuS = await sourceCpu(found.path, source);
  const streamCpuS = await cpuOf(() => decodeStream(found.path, small));
  const startedMs = performance.now();
  const counts: number[] = [];
  const togetherCpuS = await cpuOf(async () => {
    counts.push(...(await Promise.all(Array.from({ length: STREAMS }, () => decodeStream(found.path, small)))));
  });
  const results = {
    ffmpeg: found.version,
    seconds_of_stream: SECONDS,
    source_1080p60_cpu_s: sourceCpuS,
    stream_360p_cpu_s: streamCpuS,
    ratio: streamCpuS / sourceCpuS,
    streams_together: STREAMS,
    together_wall_s: (performance.now() - startedMs) / 1000,
    together_cores: togetherCpuS / SECONDS,
    together_frames_expected: STREAMS * SECONDS * picture.fps,
    together_frames: counts.reduce((sum, count) => sum + count, 0),
  };
  for (const [name, value] of Object.entries(results)) {
    process.stdout.write(`${name.padEnd(26)} ${typeof value === 'number' ? Number(value.toFixed(3)) : value}\n`);
  }
  await save('ingest', results);
  // By processor time, not by the clock on the wall: other programs may use the machine.
  const isInTime = counts.every((count) => count >= SECONDS * picture.fps) && results.together_cores <= CORES;
  return results.ratio <= RATIO_MAX && isInTime;
}

async function sourceCpu(ffmpegPath: string, { segments }: StreamMedia): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'jiga-bench-'));
  try {
    const whole = join(folder, 'source.ts');
    await writeFile(whole, Buffer.concat(segments));
    const filter = ['-vf', 'fps=2,scale=640:-2', '-c:v', 'mjpeg', '-q:v', '5', '-f', 'null', '-'];
    return await cpuOf(() => run(ffmpegPath, ['-v', 'error', '-threads', '1', '-i', whole, '-an', ...filter]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Processor seconds of children that have ended, from the kernel's count. */
async function childrenCpu(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = await childrenCpu();
  await work();
  return (await childrenCpu()) - before;
}

/** Decodes a stream once; returns how many frames came. */
async function decodeStream(ffmpegPath: string, media: StreamMedia): Promise<number> {
  let frames = 0;
  const options = { picture, wantsSound: false, skipsDisposable: false };
  const output = { frame: () => void frames++, sound: () => undefined, damaged: () => undefined };
  const decoder = new FfmpegDecoder(ffmpegPath, new SystemClock(), options, output);
  for (const [n, bytes] of media.segments.entries()) {
    await decoder.decode({ bytes, init: null, startsAt: n * SEGMENT_S, durationS: SEGMENT_S });
  }
  await decoder.finish();
  return frames;
}
