import sharp from 'sharp';

export interface PictureOptions {
  readonly width?: number;
  readonly height?: number;
  readonly format?: 'jpeg' | 'png' | 'webp';
  readonly quality?: number;
  /** Pictures of different seeds differ; the same seed gives the same picture. */
  readonly seed?: number;
}

/** An encoded picture: soft blotches, enough like a real one to have a hash and to compress like one. */
export async function makePicture(options: PictureOptions = {}): Promise<Buffer> {
  const { width = 64, height = 36, format = 'jpeg', quality = 60, seed = 1 } = options;
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      pixels[at] = 128 + 127 * Math.sin((x + seed * 13) / 9);
      pixels[at + 1] = 128 + 127 * Math.sin((y + seed * 29) / 7);
      pixels[at + 2] = 128 + 127 * Math.sin((x + y + seed * 7) / 11);
    }
  }
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  if (format === 'png') return image.png().toBuffer();
  if (format === 'webp') return image.webp({ quality }).toBuffer();
  return image.jpeg({ quality }).toBuffer();
}

/**
 * A JPEG whose header claims another size than its data has, as a decompression bomb does: the frame header of a real
 * picture, rewritten.
 */
export async function makePictureClaiming(width: number, height: number): Promise<Buffer> {
  const picture = await makePicture();
  const frameHeader = picture.indexOf(Buffer.from([0xff, 0xc0]));
  picture.writeUInt16BE(height, frameHeader + 5);
  picture.writeUInt16BE(width, frameHeader + 7);
  return picture;
}
