import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { decodeClip, sourceFrameOf, type ClipDecodeOptions, type ClipFrame } from './clip-decoder.js';
import { probeClip } from './clip-info.js';
import { locateFfmpeg, type FfmpegFound } from './ffmpeg-locator.js';

const clip = fileURLToPath(new URL('../../../../samples/openarena/oa_ctf_sample.mp4', import.meta.url));

/** The 2018 build comes with the packages, so it is always there; a current one is tested too where PATH has it. */
const found = await Promise.all([locateFfmpeg(), locateFfmpeg({ searchPath: process.env['PATH'] })]);
const programs = new Map(found.filter((at): at is FfmpegFound => at.found).map((at) => [at.path, at]));

const small = { width: 160, height: 90 };
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function take(options: ClipDecodeOptions, count: number): Promise<ClipFrame[]> {
  const frames: ClipFrame[] = [];
  for await (const frame of decodeClip(options)) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

describe('sourceFrameOf', () => {
  it('names the first source frame at or after each tick', () => {
    expect([0, 1, 2, 3].map((k) => sourceFrameOf(k, 5, 30))).toEqual([0, 6, 12, 18]);
    expect([0, 1, 2, 3, 7].map((k) => sourceFrameOf(k, 7, 30))).toEqual([0, 5, 9, 13, 30]);
    expect([0, 1, 2].map((k) => sourceFrameOf(k, 0.5, 30))).toEqual([0, 60, 120]);
  });
});

describe.each([...programs.values()])('decodeClip with ffmpeg $version', ({ path: ffmpegPath }) => {
  const base = { ffmpegPath, file: clip, sourceFps: 30, size: small };

  it('probes size, rate and length', async () => {
    await expect(probeClip(ffmpegPath, clip)).resolves.toEqual({
      width: 1280,
      height: 720,
      fps: 30,
      durationSeconds: 26.73,
    });
  });

  it('gives the very pictures that the frame numbers name', async () => {
    const all = await take({ ...base, fps: 30 }, 61);
    expect(all.map((frame) => frame.sourceFrame)).toEqual(Array.from({ length: 61 }, (_, n) => n));
    for (const fps of [5, 7]) {
      const some = await take({ ...base, fps }, 2 * fps + 1);
      expect(some.at(-1)?.sourceFrame).toBe(60);
      for (const { sourceFrame, timeSeconds, jpeg } of some) {
        expect(timeSeconds).toBeCloseTo(sourceFrame / 30, 9);
        expect(sha(jpeg)).toBe(sha(all[sourceFrame]?.jpeg ?? Buffer.alloc(0)));
      }
    }
    expect(new Set(all.map((frame) => sha(frame.jpeg))).size).toBeGreaterThan(55);
  });

  it('ends by itself after the last frame of the clip', async () => {
    const frames = await take({ ...base, fps: 1 }, 1000);
    expect(frames.map((frame) => frame.sourceFrame)).toEqual(Array.from({ length: 27 }, (_, second) => second * 30));
  });

  it('gives whole JPEG pictures, larger ones for a higher quality', async () => {
    const [low] = await take({ ...base, fps: 5, quality: 30 }, 1);
    const [high] = await take({ ...base, fps: 5, quality: 95 }, 1);
    for (const frame of [low, high]) {
      expect(frame?.jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
      expect(frame?.jpeg.subarray(-2).toString('hex')).toBe('ffd9');
    }
    expect(high?.jpeg.length).toBeGreaterThan(2 * (low?.jpeg.length ?? Infinity));
  });

  it('ends with the abort reason when aborted, also while the consumer is busy', async () => {
    const abort = new AbortController();
    const frames = decodeClip({ ...base, fps: 30, signal: abort.signal });
    await frames.next();
    abort.abort(new Error('enough'));
    await expect(
      (async () => {
        for await (const frame of frames) expect(frame.sourceFrame).toBeLessThan(802);
      })(),
    ).rejects.toThrow('enough');
  });

  it('says why when the file cannot be decoded', async () => {
    await expect(take({ ...base, file: `${clip}.missing`, fps: 5 }, 1)).rejects.toThrow(/No such file/);
    await expect(take({ ...base, file: fileURLToPath(import.meta.url), fps: 5 }, 1)).rejects.toThrow(/Invalid data/);
    await expect(probeClip(ffmpegPath, `${clip}.missing`)).rejects.toThrow(/No such file/);
  });

  it('refuses a rate above the source', async () => {
    await expect(take({ ...base, fps: 31 }, 1)).rejects.toThrow(RangeError);
  });
});

it('reports a program that does not start', async () => {
  const options = { ffmpegPath: `${clip}/none`, file: clip, sourceFps: 30, fps: 5 };
  await expect(take(options, 1)).rejects.toThrow(/ENOTDIR|ENOENT/);
});
