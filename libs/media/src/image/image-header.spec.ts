import { describe, expect, it } from '@jest/globals';
import { makePicture } from '@jiga/testing';
import sharp from 'sharp';
import { readImageHeader } from './image-header.js';

const FORMATS = ['jpeg', 'png', 'webp'] as const;

describe('readImageHeader', () => {
  it.each(FORMATS)('tells format and size of a %s by its content', async (format) => {
    expect(readImageHeader(await makePicture({ width: 123, height: 45, format }))).toEqual({
      format,
      width: 123,
      height: 45,
    });
  });

  it('reads progressive JPEG, and WebP that is lossless or has transparency', async () => {
    const blank = sharp({
      create: { width: 300, height: 200, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
    });
    const pictures = [
      await blank.clone().jpeg({ progressive: true }).toBuffer(),
      await blank.clone().webp({ lossless: true }).toBuffer(),
      await blank.clone().webp({ quality: 50 }).toBuffer(),
    ];
    for (const picture of pictures) expect(readImageHeader(picture)).toMatchObject({ width: 300, height: 200 });
  });

  it.each(FORMATS)('gives the right size or nothing for every beginning of a %s, and never throws', async (format) => {
    const picture = await makePicture({ width: 31, height: 17, format });
    for (let length = 0; length < Math.min(picture.length, 1000); length++) {
      const header = readImageHeader(picture.subarray(0, length));
      if (header) expect(header).toEqual({ format, width: 31, height: 17 });
    }
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello, this is no picture at all, but long enough to be looked at'],
    ['a GIF', 'GIF89a\x10\x00\x10\x00\xf0\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04'],
    ['a JPEG whose segment has no length', '\xff\xd8\xff\xe0\x00\x00\xff\xc0\x00\x11\x08\x00\x10\x00\x10'],
    ['a JPEG whose segment ends behind the file', '\xff\xd8\xff\xe0\xff\xff abc'],
    ['a JPEG of width 0', '\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x00\x01\x01\x11\x00'],
    ['a JPEG that scans before it says its size', '\xff\xd8\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00'],
    ['fill bytes without an end', `\xff\xd8${'\xff'.repeat(5000)}`],
  ])('says nothing about %s', (_, text) => {
    expect(readImageHeader(Buffer.from(text, 'latin1'))).toBeNull();
  });
});
