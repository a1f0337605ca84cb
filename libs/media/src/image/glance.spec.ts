import { describe, expect, it } from '@jest/globals';
import turbo from '@julusian/jpeg-turbo';
import { makePicture, makePictureClaiming } from '@jiga/testing';
import { readFileSync, readdirSync } from 'node:fs';
import sharp from 'sharp';
import type { JpegOptions } from 'sharp';
import { flatJpeg } from './flat-jpeg.testing.js';
import { GlanceReader } from './glance.js';
import { ImageDecoder } from './image-decode.js';
import { JpegDcReader } from './jpeg-dc.js';
import { THUMB_HEIGHT, THUMB_WIDTH, boxDownscale, meanAbsoluteDifference } from './luma.js';
import { hashDistance, hashOfThumb } from './perceptual-hash.js';

const FIXTURES = new URL('../../../../test/fixtures/', import.meta.url);
const STILLS = ['openarena', 'freedoom'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, FIXTURES))
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => `${folder}/${name}`),
);
const still = (name: string): Buffer => readFileSync(new URL(name, FIXTURES));
const ARENA = 'openarena/still_oa_ffa_f0420_480x270.jpg';
const MAX_PIXELS = 4096 * 2304;

/** The thumb by the way that works for every picture: full decoding, then a box filter. */
const inFull = (bytes: Uint8Array): Promise<Uint8Array> =>
  new ImageDecoder().useLuma(bytes, (image) => boxDownscale(image, THUMB_WIDTH, THUMB_HEIGHT));

/** Both ways agree within these bounds, on detailed pictures that were compressed hard as well. */
async function expectAgreement(thumb: Uint8Array, bytes: Uint8Array): Promise<void> {
  const full = await inFull(bytes);
  expect(meanAbsoluteDifference(thumb, full) * 255).toBeLessThan(6);
  expect(hashDistance(hashOfThumb(thumb), hashOfThumb(full))).toBeLessThanOrEqual(6);
}

describe('a usual JPEG, read straight at a small size', () => {
  it.each(STILLS)('looks like the whole picture scaled down: %s', async (name) => {
    const found = new JpegDcReader(MAX_PIXELS).read(still(name));
    if (!found) throw new Error('The picture was not read');
    expect(found).toMatchObject(
      await sharp(still(name))
        .metadata()
        .then(({ width, height }) => ({ width, height })),
    );
    await expectAgreement(found.thumb, still(name));
  });

  it.each<[string, JpegOptions & { grey?: boolean; size?: readonly [number, number] }]>([
    ['4:4:4', { chromaSubsampling: '4:4:4' }],
    ['4:2:0', { chromaSubsampling: '4:2:0' }],
    ['its own Huffman tables', { optimiseCoding: true, quality: 97 }],
    ['the standard Huffman tables', { optimiseCoding: false, quality: 97 }],
    ['almost no detail left', { quality: 3 }],
    ['brightness alone', { grey: true }],
    ['a size that is no multiple of a block', { size: [487, 273] }],
    ['a portrait format', { size: [270, 480] }],
  ])('is read with %s', async (_, { grey = false, size = [480, 270], ...options }) => {
    const picture = sharp(still('openarena/still_oa_ctf_f0300_1280x720.jpg')).resize(...size);
    const bytes = await (grey ? picture.greyscale() : picture).jpeg(options).toBuffer();
    const found = new JpegDcReader(MAX_PIXELS).read(bytes);
    expect([found?.width, found?.height]).toEqual(size);
    if (found) await expectAgreement(found.thumb, bytes);
  });

  it.each([turbo.SAMP_422, turbo.SAMP_440])('is read with half the colour one way (%s)', async (subsampling) => {
    const { data, info } = await sharp(still(ARENA)).raw().toBuffer({ resolveWithObject: true });
    const options = { format: turbo.FORMAT_RGB, width: info.width, height: info.height, subsampling, quality: 60 };
    const bytes = turbo.compressSync(data, options);
    const found = new JpegDcReader(MAX_PIXELS).read(bytes);
    if (!found) throw new Error('The picture was not read');
    await expectAgreement(found.thumb, bytes);
  });

  it('is exact where blocks and small pixels coincide, with restart markers too', async () => {
    const shades = Array.from({ length: THUMB_HEIGHT }, (_, y) =>
      Array.from({ length: THUMB_WIDTH }, (_, x) => (x * 37 + y * 91) % 256),
    );
    for (const restartEvery of [0, 1, THUMB_WIDTH, 1000]) {
      const bytes = flatJpeg(shades, { restartEvery });
      expect(await inFull(bytes)).toEqual(Uint8Array.from(shades.flat()));
      expect(new JpegDcReader(MAX_PIXELS).read(bytes)?.thumb).toEqual(Uint8Array.from(shades.flat()));
    }
  });

  it('gives every picture memory of its own', () => {
    const reader = new JpegDcReader(MAX_PIXELS);
    const first = reader.read(still(ARENA))?.thumb;
    const copy = first?.slice();
    reader.read(still('freedoom/doom_fd1_f0420_480x270.jpg'));
    expect(first).toEqual(copy);
  });
});

describe('what is left to a complete decoder', () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ['a progressive JPEG', () => sharp(still(ARENA)).jpeg({ progressive: true }).toBuffer()],
    ['a CMYK JPEG', () => sharp(still(ARENA)).toColourspace('cmyk').jpeg().toBuffer()],
    ['a small JPEG', () => makePicture()],
    ['a PNG', () => sharp(still(ARENA)).png().toBuffer()],
    ['a WebP', () => sharp(still(ARENA)).webp({ quality: 90 }).toBuffer()],
  ])('%s', async (_, make) => {
    const bytes = await make();
    expect(new JpegDcReader(MAX_PIXELS).read(bytes)).toBeNull();
    const { thumb } = await new GlanceReader().read(bytes);
    expect(thumb).toEqual(await inFull(bytes));
  });

  it('is refused by it with the reason', async () => {
    const reader = new GlanceReader();
    const refused = async (bytes: Uint8Array): Promise<string> =>
      Promise.resolve(reader.read(bytes)).then(
        () => 'read',
        ({ reason }: { reason: string }) => reason,
      );
    expect(await refused(still(ARENA).subarray(0, 9000))).toBe('damaged');
    expect(await refused(Buffer.from('this is no picture'))).toBe('unsupported');
    expect(await refused(await makePictureClaiming(12_000, 12_000))).toBe('too_large');
    expect(await refused(still(ARENA))).toBe('read');
  });
});

describe('a damaged JPEG', () => {
  it('is never read when its end is missing', () => {
    const reader = new JpegDcReader(MAX_PIXELS);
    const bytes = still(ARENA);
    for (let length = 0; length < bytes.length; length += 41) expect(reader.read(bytes.subarray(0, length))).toBeNull();
  });

  it.each([
    ['a piece of its scan', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 5000), bytes.subarray(5200)])],
    ['all but the head of its scan', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 3000), bytes.subarray(-2)])],
    [
      'a Huffman table',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 2), bytes.subarray(bytes.lastIndexOf('\xff\xc4', 'latin1'))]),
    ],
  ])('is not read when %s is missing', (_, spoil) => {
    expect(new JpegDcReader(MAX_PIXELS).read(spoil(still(ARENA)))).toBeNull();
  });

  it('does no harm, and what is read of it the complete decoder reads too', async () => {
    const reader = new JpegDcReader(MAX_PIXELS);
    const random = seeded(7);
    const pictures = [still(ARENA), flatJpeg(shadesOf(40, 20), { restartEvery: 7 })];
    const decoder = new ImageDecoder();
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(pictures[round % 2] ?? []);
      // Half of them in the head, where lengths, sizes and tables are.
      const reach = round % 4 < 2 ? 700 : bytes.length;
      for (let flips = 1 + (random() % 4); flips > 0; flips--) {
        const at = random() % Math.min(reach, bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
      }
      const found = reader.read(bytes);
      if (found) expect(await decoder.decodeLuma(bytes)).toMatchObject({ width: found.width, height: found.height });
    }
    // The damage before has left nothing behind.
    expect(reader.read(still(ARENA))?.thumb).toEqual(new JpegDcReader(MAX_PIXELS).read(still(ARENA))?.thumb);
  });
});

const shadesOf = (columns: number, rows: number): number[][] =>
  Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (_, x) => (x * y * 11) % 256));

/** The same whole numbers each time (xorshift). */
function seeded(start: number): () => number {
  let state = start;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
