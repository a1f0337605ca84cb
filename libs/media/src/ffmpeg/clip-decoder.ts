import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileInput } from './file-input.js';
import { MpjpegParser } from './mpjpeg-parser.js';

export interface ClipFrame {
  /** Number of this frame in the source, from 0: the key into a clip's truth. */
  readonly sourceFrame: number;
  /** Time of that frame from the start of the clip, seconds. */
  readonly timeSeconds: number;
  readonly jpeg: Buffer;
}

export interface ClipDecodeOptions {
  readonly ffmpegPath: string;
  readonly file: string;
  /** Nominal rate of the source, as {@link probeClip} tells it. */
  readonly sourceFps: number;
  /** Frames per second wanted; at most `sourceFps`. */
  readonly fps: number;
  /** Output size in pixels; the source's own when absent. */
  readonly size?: { readonly width: number; readonly height: number };
  /** JPEG quality 1–100 as libjpeg counts it, met approximately. Default 85. */
  readonly quality?: number;
  readonly signal?: AbortSignal;
}

const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
const MAX_STDERR_CHARS = 4096;

/**
 * Which source frame the k-th output frame is: the first one at or after k / fps. Chosen by number, never by time, so that
 * it names exactly one picture of a constant-rate clip.
 */
export function sourceFrameOf(k: number, fps: number, sourceFps: number): number {
  const { wanted, source } = integerRates(fps, sourceFps);
  return Math.ceil((k * source) / wanted);
}

/**
 * Decodes a clip into JPEG frames with a child ffmpeg that reads the file. The child is held back while the consumer is
 * busy (the pipe fills up) and killed when the loop ends early or `signal` aborts. Throws when ffmpeg cannot decode.
 */
export async function* decodeClip(options: ClipDecodeOptions): AsyncGenerator<ClipFrame, void, undefined> {
  const { signal, fps, sourceFps } = options;
  signal?.throwIfAborted();
  const child = spawn(options.ffmpegPath, decodeArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = watchExit(child);
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const parser = new MpjpegParser(MAX_PICTURE_BYTES);
    let k = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (const jpeg of parser.push(chunk)) {
        signal?.throwIfAborted();
        const sourceFrame = sourceFrameOf(k++, fps, sourceFps);
        yield { sourceFrame, timeSeconds: sourceFrame / sourceFps, jpeg };
      }
    }
    const failure = await exit;
    signal?.throwIfAborted();
    if (failure !== null) throw new Error(`ffmpeg could not decode ${options.file}: ${failure}`);
  } finally {
    signal?.removeEventListener('abort', kill);
    kill();
    await exit;
  }
}

/** Resolves once the child is gone: null after success, else why it failed. */
async function watchExit(child: ChildProcess): Promise<string | null> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_STDERR_CHARS);
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0 ? null : complaint.trim() || `exit code ${code ?? 'none'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function decodeArguments(options: ClipDecodeOptions): string[] {
  const { file, fps, sourceFps, size, quality = 85 } = options;
  if (!(fps > 0 && fps <= sourceFps)) throw new RangeError(`fps must be above 0 and at most ${sourceFps}`);
  const { wanted, source } = integerRates(fps, sourceFps);
  const filters = [
    `select='eq(n,0)+gt(floor(n*${wanted}/${source}),floor((n-1)*${wanted}/${source}))'`,
    // Gapless time stamps at the source's rate: ffmpeg then has no cause to repeat or drop a frame, whatever its version.
    `setpts=N/(${sourceFps}*TB)`,
    ...(size ? [`scale=${size.width}:${size.height}:flags=area`] : []),
  ];
  const input = ['-hide_banner', '-nostdin', '-v', 'error', '-threads', '1', ...fileInput(file), '-map', '0:v:0'];
  const output = [
    '-r',
    String(sourceFps),
    '-threads',
    '1',
    '-c:v',
    'mjpeg',
    '-pix_fmt',
    'yuvj420p',
    '-q:v',
    String(qscaleOf(quality)),
  ];
  return [...input, '-vf', filters.join(','), ...output, '-f', 'mpjpeg', 'pipe:1'];
}

/** Both rates as whole numbers of thousandths: ffmpeg's expressions and ours then divide the very same integers. */
function integerRates(fps: number, sourceFps: number): { wanted: number; source: number } {
  return { wanted: Math.round(fps * 1000), source: Math.round(sourceFps * 1000) };
}

/**
 * ffmpeg scales MPEG-1's intra matrix (mean about 32) by q / 8, libjpeg its own luma matrix (mean about 58) by a factor
 * that is 1 at quality 50; equal means give q = 14.6 × factor.
 */
export function qscaleOf(quality: number): number {
  const factor = quality < 50 ? 50 / Math.max(quality, 1) : 2 - quality / 50;
  return Math.min(31, Math.max(2, Math.round(14.6 * factor)));
}
