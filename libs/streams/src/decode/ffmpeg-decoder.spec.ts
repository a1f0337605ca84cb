import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { locateFfmpeg, readImageHeader } from '@jiga/media';
import { SystemClock } from '@jiga/platform';
import { makeMedia, turn, until, VirtualClock, writeProgram, type StreamMedia } from '@jiga/testing';

import type { StreamSound } from '../stream-ingest.port.js';
import { FfmpegDecoder } from './ffmpeg-decoder.js';
import type { DecodedFrame, DecoderOptions } from './stream-decoder.port.js';

const clip = fileURLToPath(new URL('../../../../samples/openarena/oa_ctf_sample.mp4', import.meta.url));
const picture = { fps: 2, width: 640, height: 360, jpegQuality: 50, batchProcessing: false };
const PLAIN: DecoderOptions = { picture, wantsSound: false, skipsDisposable: false };

let folder: string;
let ffmpegPath: string;
let ts: StreamMedia;
let small: StreamMedia;
let fmp4: StreamMedia;

const made = (height: number, seconds: number, container: 'mpegts' | 'fmp4'): Promise<StreamMedia> =>
  makeMedia({ clip, width: (height * 16) / 9, height, fps: 30, seconds, container, sound: 'tone' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-decoder-'));
  const found = await locateFfmpeg();
  if (!found.found) throw new Error(found.remedy);
  ffmpegPath = found.path;
  ts = await made(360, 6, 'mpegts');
  small = await made(180, 4, 'mpegts');
  fmp4 = await made(360, 6, 'fmp4');
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

let frames: DecodedFrame[];
let sounds: StreamSound[];
let damaged: number;
beforeEach(() => {
  frames = [];
  sounds = [];
  damaged = 0;
});

const decoder = (
  options = PLAIN,
  path = ffmpegPath,
  clock: SystemClock | VirtualClock = new SystemClock(),
): FfmpegDecoder =>
  new FfmpegDecoder(path, clock, options, {
    frame: (frame) => frames.push(frame),
    sound: (sound) => sounds.push(sound),
    damaged: () => damaged++,
  });

const segment = (media: StreamMedia, n: number, startsAt: number) => ({
  bytes: media.segments[n] ?? Buffer.alloc(0),
  init: media.init,
  startsAt,
  durationS: 2,
});
const times = (): number[] => frames.map(({ capturedAt }) => Math.round(capturedAt * 10) / 10);

describe('decoding segments', () => {
  it.each(['mpegts', 'fmp4'] as const)(
    'of %s gives the pictures at the times they were broadcast',
    async (container) => {
      const media = container === 'fmp4' ? fmp4 : ts;
      const decode = decoder();
      for (const n of [0, 1, 2]) await decode.decode(segment(media, n, 1000 + 2 * n));
      await decode.finish();
      expect(times()).toEqual([1000, 1000.5, 1001, 1001.5, 1002, 1002.5, 1003, 1003.5, 1004, 1004.5, 1005, 1005.5]);
      for (const { jpeg } of frames) expect(readImageHeader(jpeg)).toMatchObject({ width: 640, height: 360 });
      expect(damaged).toBe(0);
    },
  );

  it('gives the pictures of the first segment before there is a second', async () => {
    const decode = decoder();
    await decode.decode(segment(ts, 0, 1000));
    await until(() => frames.length === 4, 'the pictures', 10_000);
    await decode.close();
  });

  it('keeps to the broadcaster’s time when the clock of the stream jumps back, and repeats nothing', async () => {
    const decode = decoder();
    await decode.decode(segment(ts, 2, 1000));
    await decode.decode(segment(ts, 0, 1002));
    await decode.decode(segment(ts, 1, 1004));
    await decode.finish();
    expect(times()).toEqual([1000, 1000.5, 1001, 1001.5, 1002, 1002.5, 1003, 1003.5, 1004, 1004.5, 1005, 1005.5]);
  });

  it('gives pictures of one size when the stream changes its own', async () => {
    const decode = decoder();
    await decode.decode(segment(ts, 0, 1000));
    await decode.decode(segment(small, 1, 1002));
    await decode.finish();
    expect(frames.map(({ sourceHeight }) => sourceHeight)).toEqual([360, 360, 360, 360, 180, 180, 180, 180]);
    for (const { jpeg } of frames) expect(readImageHeader(jpeg)).toMatchObject({ width: 640, height: 360 });
  });

  it('refuses what is no media, and goes on as if it had not been there', async () => {
    const decode = decoder();
    await decode.decode(segment(ts, 0, 1000));
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(4000, 7),
      Buffer.from('#EXTM3U\nfile:///etc/passwd\n'.repeat(50)),
    ]) {
      await expect(decode.decode({ bytes, init: null, startsAt: 1001, durationS: 2 })).rejects.toMatchObject({
        code: 'bad_media',
      });
    }
    await decode.decode(segment(ts, 1, 1002));
    await decode.finish();
    expect(frames).toHaveLength(8);
  });

  it('gives no picture that may be wrong when a segment is damaged, and tells of it', async () => {
    const bytes = Buffer.from(ts.segments[0] ?? []);
    for (let at = 188 * 200; at < bytes.length - 188 * 40; at += 188 * 3) bytes.fill(0x55, at + 20, at + 150);
    const decode = decoder();
    await decode.decode({ ...segment(ts, 0, 1000), bytes });
    await decode.decode(segment(ts, 1, 1002));
    await decode.finish();
    expect(damaged).toBe(1);
    expect(times().filter((time) => time >= 1002)).toHaveLength(4);
    expect(times().filter((time) => time < 1002).length).toBeLessThan(4);
  });

  it.each(['mpegts', 'fmp4'] as const)(
    'gives the sound of %s when it is wanted: 16 kHz, mono, in time',
    async (container) => {
      const media = container === 'fmp4' ? fmp4 : ts;
      const decode = decoder({ ...PLAIN, wantsSound: true });
      for (const n of [0, 1]) await decode.decode(segment(media, n, 1000 + 2 * n));
      await decode.finish();
      const samples = sounds.reduce((sum, { pcm }) => sum + pcm.length, 0);
      expect(samples / 16_000).toBeCloseTo(4, 0);
      expect(sounds[0]?.capturedAt).toBe(1000);
      expect(Math.max(...sounds.flatMap(({ pcm }) => [...pcm]))).toBeGreaterThan(1000);
      expect(frames).toHaveLength(8);
    },
  );

  it('ends within a second in the midst of it', async () => {
    const decode = decoder();
    const under = decode.decode(segment(ts, 0, 1000));
    const startedMs = performance.now();
    await Promise.all([decode.close(), decode.close(), under]);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('a decoder that is broken', () => {
  const program = (name: string, script: string): Promise<string> => writeProgram(folder, name, script);

  it('by not being there says so', async () => {
    await expect(decoder(PLAIN, join(folder, 'none')).decode(segment(ts, 0, 1))).rejects.toMatchObject({
      code: 'decoder_unavailable',
    });
  });

  it('by crashing is replaced, and says so with the next segment', async () => {
    const decode = decoder(PLAIN, await program('crash', 'exit 3'));
    await decode.decode(segment(ts, 0, 1000));
    await expect(decode.decode(segment(ts, 1, 1002))).rejects.toMatchObject({ code: 'decoder_failed' });
    await decode.close();
  });

  it('by hanging is killed after ten seconds', async () => {
    const clock = new VirtualClock();
    const decode = decoder(PLAIN, await program('hang', 'exec sleep 600'), clock);
    const given = decode.decode(segment(ts, 0, 1000));
    await turn();
    clock.advance(9_900);
    const first = await Promise.race([given.then(() => 'settled'), turn().then(() => 'waiting')]);
    expect(first).toBe('waiting');
    clock.advance(200);
    await given;
    const next = decode.decode(segment(ts, 1, 1002)).catch((error: unknown) => error);
    await turn();
    clock.advance(10_100);
    expect(await next).toMatchObject({ code: 'decoder_failed' });
    await decode.close();
    expect(clock.pending).toBe(0);
  });

  it('by flooding its report is read on without keeping it', async () => {
    const flood = 'head -c 50000000 /dev/zero >&2; exec cat > /dev/null';
    const decode = decoder(PLAIN, await program('flood', flood));
    const before = process.memoryUsage().rss;
    await decode.decode(segment(ts, 0, 1000));
    await decode.finish();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(frames).toEqual([]);
  });
});
