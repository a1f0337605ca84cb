import { describe, expect, it } from '@jest/globals';
import { makePicture, makePictureClaiming } from '@jiga/testing';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { ImageDecoder } from './image-decode.js';

const solid = (red: number, green: number, blue: number): Sharp =>
  sharp({ create: { width: 32, height: 16, channels: 3, background: { r: red, g: green, b: blue } } });

describe('ImageDecoder', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('decodes %s to colours and to brightness', async (format) => {
    const picture = await solid(200, 40, 20).toFormat(format).toBuffer();
    const decoder = new ImageDecoder();
    const rgb = await decoder.decodeRgb(picture);
    expect([rgb.width, rgb.height, rgb.data.length]).toEqual([32, 16, 32 * 16 * 3]);
    for (const [channel, value] of [200, 40, 20].entries())
      expect(Math.abs((rgb.data[channel] ?? 0) - value)).toBeLessThan(9);
    const luma = await decoder.decodeLuma(picture);
    expect(luma.data.length).toBe(32 * 16);
    expect(Math.abs((luma.data[0] ?? 0) - 86)).toBeLessThan(6);
  });

  it('decodes a CMYK JPEG', async () => {
    const picture = await solid(220, 220, 220).toColourspace('cmyk').jpeg().toBuffer();
    const { data } = await new ImageDecoder().decodeRgb(picture);
    expect(data.length).toBe(32 * 16 * 3);
    expect(data[0]).toBeGreaterThan(150);
  });

  it('uses its buffer again for the next picture of that size or smaller', async () => {
    const decoder = new ImageDecoder();
    const first = await decoder.decodeLuma(await makePicture({ seed: 1 }));
    const second = await decoder.decodeLuma(await makePicture({ seed: 2 }));
    expect(second.data.buffer).toBe(first.data.buffer);
  });

  it('refuses what is too large by the header alone', async () => {
    const bomb = await makePictureClaiming(12_000, 12_000);
    await expect(new ImageDecoder().decodeLuma(bomb)).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('refuses damaged pictures with a reason, and decodes the next one', async () => {
    const decoder = new ImageDecoder();
    const picture = await makePicture({ width: 200, height: 100 });
    await expect(decoder.decodeRgb(picture.subarray(0, 700))).rejects.toMatchObject({ reason: 'damaged' });
    await expect(decoder.decodeRgb(Buffer.from('no picture'))).rejects.toMatchObject({ reason: 'unsupported' });
    await expect(decoder.decodeRgb(picture)).resolves.toMatchObject({ width: 200, height: 100 });
  });
});
