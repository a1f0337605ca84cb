import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { locateFfmpeg } from '@jiga/media';
import { SystemClock } from '@jiga/platform';
import { makeMedia, makeSound, SAMPLE_CLIP, type SoundSegments, type StreamMedia } from '@jiga/testing';

import type { StreamSound } from '../stream-ingest.port.js';
import { FfmpegSoundDecoder } from './ffmpeg-sound-decoder.js';

const RATE_HZ = 16_000;
const SPOKEN = 'test/fixtures/audio/human/goforward.wav';

describe('decoding segments of sound alone', () => {
  let ffmpegPath: string;
  let sounds: StreamSound[];
  beforeAll(async () => {
    const found = await locateFfmpeg();
    if (!found.found) throw new Error(found.remedy);
    ffmpegPath = found.path;
  });
  beforeEach(() => {
    sounds = [];
  });

  const made = (container: SoundSegments): Promise<StreamMedia> =>
    makeSound({ sound: SPOKEN, seconds: 4, segmentS: 1, container });
  const opened = (path = ffmpegPath): FfmpegSoundDecoder =>
    new FfmpegSoundDecoder(path, new SystemClock(), { sound: (sound) => sounds.push(sound) });
  const segment = ({ segments, init }: StreamMedia, n: number, startsAt: number) => ({
    bytes: segments[n] ?? Buffer.alloc(0),
    init,
    startsAt,
    durationS: 1,
  });
  const seconds = (): number => sounds.reduce((sum, { pcm }) => sum + pcm.length, 0) / RATE_HZ;
  /** Of the loudest sample, 0–1. */
  const peak = (): number => Math.max(...sounds.flatMap(({ pcm }) => [...pcm].map(Math.abs))) / 32_768;

  it.each(['mpegts', 'fmp4', 'aac', 'mp3'] as const)(
    'of %s gives all of it, from the time it began',
    async (container) => {
      const media = await made(container);
      const decoder = opened();
      for (const n of [0, 1, 2]) await decoder.decode(segment(media, n, 1000 + n));
      await decoder.finish();
      expect(Math.abs(seconds() - 3)).toBeLessThan(0.2);
      expect(peak()).toBeGreaterThan(0.1);
      expect(sounds[0]?.capturedAt).toBe(1000);
      expect(sounds.at(-1)?.capturedAt).toBeLessThan(1003.1);
      await decoder.close();
    },
  );

  it('fills a jump of its clock with nothing', async () => {
    const media = await made('mpegts');
    const decoder = opened();
    await decoder.decode(segment(media, 0, 1000));
    await decoder.decode(segment(media, 3, 1100));
    await decoder.finish();
    expect(seconds()).toBeLessThan(2.3);
    expect(sounds.map(({ capturedAt }) => capturedAt)).toContain(1100);
    await decoder.close();
  });

  it('refuses what holds no sound, before it reaches the decoder', async () => {
    const pictures = await makeMedia({ clip: SAMPLE_CLIP, width: 160, height: 90, seconds: 1, segmentS: 1 });
    const decoder = opened();
    for (const bytes of [Buffer.from('<html>no</html>'), Buffer.alloc(0), pictures.segments[0] ?? Buffer.alloc(0)]) {
      const wrong = decoder.decode({ bytes, init: null, startsAt: 1000, durationS: 1 });
      await expect(wrong).rejects.toMatchObject({ code: 'bad_media' });
    }
    await decoder.close();
  });

  it('says when there is no decoder', async () => {
    const media = await made('aac');
    const decoder = opened('/nowhere/ffmpeg');
    const first = decoder.decode(segment(media, 0, 1000)).then(() => decoder.decode(segment(media, 1, 1001)));
    await expect(first).rejects.toMatchObject({ code: 'decoder_unavailable' });
    await decoder.close();
  });
});
