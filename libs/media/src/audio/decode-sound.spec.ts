import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { locateFfmpeg } from '../ffmpeg/ffmpeg-locator.js';
import { decodeSound } from './decode-sound.js';
import { encodeMp3 } from './mp3-program.js';
import type { Sound } from './sound.js';
import { encodeWav } from './wav.js';

const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../../test/fixtures/audio/${name}`, import.meta.url)));
const SPEECH = fixture('human/goforward.wav');

const tone = (seconds: number, sampleRateHz: number, channels = 1): Sound => {
  const own = Float32Array.from({ length: seconds * sampleRateHz }, (_, at) => Math.sin(at * 0.05) * 0.5);
  return { channels: Array.from({ length: channels }, () => own), sampleRateHz };
};
/** A WAV of any coding: `put` writes one sample at a byte position. */
function wav(coding: number, bits: number, rateHz: number, put: (view: DataView, at: number) => void): Uint8Array {
  const samples = 100;
  const bytes = new Uint8Array(44 + (samples * bits) / 8);
  bytes.set(encodeWav({ channels: [new Float32Array(0)], sampleRateHz: rateHz }));
  const view = new DataView(bytes.buffer);
  view.setUint16(20, coding, true);
  view.setUint16(34, bits, true);
  view.setUint32(40, bytes.length - 44, true);
  for (let at = 44; at < bytes.length; at += bits / 8) put(view, at);
  return bytes;
}
/** How alike two sounds are, −1…1, at the best shift of up to 25 ms. */
function likeness(a: Sound, b: Sound): number {
  const [left, right] = [a.channels[0] ?? [], b.channels[0] ?? []];
  let best = -1;
  for (let shift = -400; shift <= 400; shift++) {
    let [product, ownLeft, ownRight] = [0, 0, 0];
    for (let at = 4000; at < 30_000; at += 31) {
      const x = left[at] ?? 0;
      const y = right[Math.round(((at + shift) * b.sampleRateHz) / a.sampleRateHz)] ?? 0;
      product += x * y;
      ownLeft += x * x;
      ownRight += y * y;
    }
    best = Math.max(best, product / Math.sqrt(ownLeft * ownRight));
  }
  return best;
}

let ffmpegPath: string | null;
const decode = (bytes: Uint8Array, maxSeconds = 60) => decodeSound(bytes, { maxSeconds, ffmpegPath });

beforeAll(async () => {
  const ffmpeg = await locateFfmpeg({ searchPath: process.env['PATH'] });
  ffmpegPath = ffmpeg.found ? ffmpeg.path : null;
});

describe('decodeSound', () => {
  it.each(['ogg', 'webm', 'mp3'])('reads the same speech from %s as from WAV', async (extension) => {
    const original = await decode(SPEECH);
    const found = await decode(fixture(`codecs/goforward.${extension}`));
    expect(found.format).toBe(extension === 'mp3' ? 'mp3' : `${extension}-opus`);
    expect(likeness(original, found)).toBeGreaterThan(0.98);
    const seconds = (found.channels[0]?.length ?? 0) / found.sampleRateHz;
    expect(Math.abs(seconds - 2.786)).toBeLessThan(0.05);
  });

  it.each([
    ['8-bit', wav(1, 8, 8000, (view, at) => view.setUint8(at, 192))],
    ['16-bit at 192 kHz', wav(1, 16, 192_000, (view, at) => view.setInt16(at, 16_384, true))],
    ['24-bit', wav(1, 24, 48_000, (view, at) => view.setUint8(at + 2, 64))],
    ['32-bit', wav(1, 32, 48_000, (view, at) => view.setInt32(at, 2 ** 30, true))],
    ['float', wav(3, 32, 48_000, (view, at) => view.setFloat32(at, 0.5, true))],
    ['double', wav(3, 64, 48_000, (view, at) => view.setFloat64(at, 0.5, true))],
    ['µ-law', wav(7, 8, 8000, (view, at) => view.setUint8(at, 0x8f))],
    ['A-law', wav(6, 8, 8000, (view, at) => view.setUint8(at, 0xa5))],
  ])('reads WAV of %s', async (_name, bytes) => {
    const { channels } = await decode(bytes);
    expect(channels[0]).toHaveLength(100);
    expect(channels[0]?.[50]).toBeCloseTo(0.5, 1);
  });

  it('gives back what it wrote, in two channels too', async () => {
    for (const channels of [1, 2]) {
      const sound = tone(0.2, 22_050, channels);
      const back = await decode(encodeWav(sound));
      expect(back.channels).toHaveLength(channels);
      expect(back.sampleRateHz).toBe(22_050);
      for (const [at, value] of (sound.channels[0] ?? []).entries()) {
        expect(Math.abs((back.channels.at(-1)?.[at] ?? 9) - value)).toBeLessThan(1 / 32_000);
      }
    }
  });

  it('gives back what it made an MP3 of', async () => {
    const sound = tone(3, 24_000, 2);
    const mp3 = await encodeMp3(sound, 96, { ffmpegPath: ffmpegPath ?? '' });
    const back = await decode(mp3);
    expect(back).toMatchObject({ format: 'mp3', sampleRateHz: 24_000 });
    expect(back.channels).toHaveLength(2);
    expect(likeness(sound, back)).toBeGreaterThan(0.99);
  });

  it.each([0xffff_ffff, 0x7fff_f000, 0x8000_0000])('reads a WAV that was written into a pipe: %d', async (length) => {
    const piped = Buffer.from(SPEECH);
    piped.writeUInt32LE(length, 40);
    const [found, original] = [await decode(piped), await decode(SPEECH)];
    expect(found.channels[0]?.length).toBe(original.channels[0]?.length);
  });

  const nan = wav(3, 32, 48_000, (view, at) => view.setFloat32(at, at === 100 ? NaN : 0, true));
  const lying = Buffer.from(SPEECH);
  lying.writeUInt32LE(0x7000_0000, 40);
  const rate = Buffer.from(SPEECH);
  rate.writeUInt32LE(400_000, 24);
  const channels = Buffer.from(SPEECH);
  channels.writeUInt16LE(60_000, 22);
  const odd = Buffer.from(SPEECH);
  odd.writeUInt16LE(0x0162, 20);
  const scratched = Buffer.from(fixture('codecs/goforward.ogg'));
  scratched[5000] = (scratched[5000] ?? 0) ^ 1;

  it.each([
    ['nothing', new Uint8Array(0), 'invalid_audio', /empty/],
    ['rubbish', new Uint8Array(5000).fill(7), 'unsupported_audio', /WAV, MP3/],
    ['a WAV header alone', SPEECH.subarray(0, 40), 'invalid_audio', /no samples/],
    ['a WAV without samples', encodeWav(tone(0, 16_000)), 'invalid_audio', /no samples/],
    ['a cut-off WAV', SPEECH.subarray(0, 9000), 'invalid_audio', /cut off/],
    ['a WAV that lies about its length', lying, 'invalid_audio', /cut off/],
    ['a WAV of 400 kHz', rate, 'invalid_audio', /400000 Hz/],
    ['a WAV of 60,000 channels', channels, 'invalid_audio', /60000 channels/],
    ['a WAV of another coding', odd, 'unsupported_audio', /coding 354/],
    ['values that are not numbers', nan, 'invalid_audio', /not a number/],
    ['a cut-off Ogg', fixture('codecs/goforward.ogg').subarray(0, 6000), 'invalid_audio', /cut off/],
    ['a damaged Ogg', scratched, 'invalid_audio', /damaged/],
    ['a cut-off WebM', fixture('codecs/goforward.webm').subarray(0, 6000), 'invalid_audio', /cut off/],
    ['a cut-off MP3', fixture('codecs/goforward.mp3').subarray(0, 6000), 'invalid_audio', /cut off/],
    ['a video', fixture('../../../samples/openarena/oa_ctf_sample.mp4'), 'unsupported_audio', /MP4/],
    ['a picture', fixture('../openarena/still_oa_ctf_f0640_480x270.jpg'), 'unsupported_audio', /JPEG/],
  ])('refuses %s', async (_name, bytes, code, message) => {
    await expect(decode(bytes)).rejects.toMatchObject({
      name: 'AppError',
      code,
      message: expect.stringMatching(message),
    });
  });

  it('refuses what lasts too long before it decodes anything', async () => {
    const hour = Buffer.concat([Buffer.from(encodeWav(tone(0, 8000))), Buffer.alloc(8000 * 2 * 3600)]);
    hour.writeUInt32LE(hour.length - 44, 40);
    await expect(decode(hour, 300)).rejects.toMatchObject({ code: 'audio_too_long' });
    for (const extension of ['ogg', 'webm', 'mp3']) {
      const speech = fixture(`codecs/goforward.${extension}`);
      await expect(decode(speech, 2)).rejects.toMatchObject({ code: 'audio_too_long' });
    }
  });

  it('says what MP3 needs where there is no ffmpeg', async () => {
    const bytes = fixture('codecs/goforward.mp3');
    const found = decodeSound(bytes, { maxSeconds: 60, ffmpegPath: null });
    await expect(found).rejects.toMatchObject({
      code: 'capability_unavailable',
      message: expect.stringMatching(/ffmpeg/),
    });
  });

  it('never fails in any other way, whatever the bytes', async () => {
    const files = ['human/card-001.wav', 'codecs/goforward.ogg', 'codecs/goforward.webm'].map(fixture);
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(files[round % files.length] ?? '');
      for (let change = 0; change < 3; change++) bytes[random(change ? bytes.length : 80)] = random(256);
      const outcome = await decode(bytes.subarray(0, random(bytes.length))).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'AppError' });
    }
  });
});
