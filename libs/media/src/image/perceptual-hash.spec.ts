import { describe, expect, it } from '@jest/globals';
import { makePicture } from '@jiga/testing';
import sharp from 'sharp';
import { ImageDecoder } from './image-decode.js';
import { boxDownscale, meanAbsoluteDifference } from './luma.js';
import { differenceHash, hashDistance } from './perceptual-hash.js';

const hashOf = async (picture: Buffer): Promise<string> => differenceHash(await new ImageDecoder().decodeLuma(picture));

describe('differenceHash', () => {
  it('is 16 hex digits that stay nearly the same under compression, scaling and brightness', async () => {
    const picture = await makePicture({ width: 480, height: 270, quality: 95 });
    const hash = await hashOf(picture);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    const variants = [
      await sharp(picture).jpeg({ quality: 20 }).toBuffer(),
      await sharp(picture).resize(240, 135).jpeg().toBuffer(),
      await sharp(picture).linear(0.8, 10).jpeg().toBuffer(),
    ];
    for (const variant of variants) expect(hashDistance(hash, await hashOf(variant))).toBeLessThanOrEqual(6);
  });

  it('differs for different pictures', async () => {
    const [a, b] = await Promise.all([makePicture({ seed: 1, width: 320 }), makePicture({ seed: 9, width: 90 })]);
    expect(hashDistance(await hashOf(a), await hashOf(b))).toBeGreaterThan(12);
  });
});

describe('boxDownscale', () => {
  it('averages the pixels of each cell', () => {
    const data = Uint8Array.from([0, 100, 200, 200, 100, 200, 200, 200]);
    expect([...boxDownscale({ data, width: 4, height: 2 }, 2, 1)]).toEqual([100, 200]);
  });

  it('repeats pixels of a picture that is smaller than the target', () => {
    expect([...boxDownscale({ data: Uint8Array.from([7]), width: 1, height: 1 }, 3, 2)]).toEqual([7, 7, 7, 7, 7, 7]);
  });
});

describe('meanAbsoluteDifference', () => {
  it('is 0 for equal pictures and 1 for black against white', () => {
    expect(meanAbsoluteDifference(Uint8Array.of(5, 9), Uint8Array.of(5, 9))).toBe(0);
    expect(meanAbsoluteDifference(Uint8Array.of(0, 0), Uint8Array.of(255, 255))).toBe(1);
  });
});
