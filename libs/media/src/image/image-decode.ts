import turbo from '@julusian/jpeg-turbo';
import sharp from 'sharp';
import { readImageHeader } from './image-header.js';
import type { ImageHeader } from './image-header.js';
import type { LumaImage, RgbImage } from './luma.js';

sharp.cache(false);
sharp.concurrency(1);

/** Most pixels that are ever decoded when the caller names no limit: 4096 × 2304. */
export const DEFAULT_MAX_PIXELS = 4096 * 2304;

export type ImageDecodeReason = 'unsupported' | 'too_large' | 'damaged';

/** A picture that cannot be decoded, and why. */
export class ImageDecodeError extends Error {
  override readonly name = 'ImageDecodeError';

  constructor(
    readonly reason: ImageDecodeReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Decodes pictures into one buffer that is used again: the pixels of an answer are valid until the next call of the
 * same decoder. JPEG goes through libjpeg-turbo; PNG, WebP and the JPEG kinds it refuses (CMYK) through libvips.
 */
export class ImageDecoder {
  private buffer = Buffer.alloc(0);

  constructor(private readonly maxPixels: number = DEFAULT_MAX_PIXELS) {}

  /** Decodes to brightness. Throws {@link ImageDecodeError}. */
  async decodeLuma(bytes: Uint8Array): Promise<LumaImage> {
    return this.decode(bytes, 1);
  }

  /**
   * Decodes to brightness and hands it to `use` at once, so that several may share the decoder without waiting for one
   * another. Rejects with {@link ImageDecodeError}.
   */
  async useLuma<T>(bytes: Uint8Array, use: (image: LumaImage) => T): Promise<T> {
    const header = this.checkedHeader(bytes);
    const decoded = header.format === 'jpeg' ? this.decodeJpeg(bytes, header, 1) : null;
    // The other way gives a picture in memory of its own.
    return use(decoded ?? (await this.decodeOther(bytes, 1)));
  }

  /** Decodes to red, green, blue. Throws {@link ImageDecodeError}. */
  async decodeRgb(bytes: Uint8Array): Promise<RgbImage> {
    return this.decode(bytes, 3);
  }

  private async decode(bytes: Uint8Array, channels: 1 | 3): Promise<LumaImage> {
    const header = this.checkedHeader(bytes);
    const decoded = header.format === 'jpeg' ? this.decodeJpeg(bytes, header, channels) : null;
    return decoded ?? this.decodeOther(bytes, channels);
  }

  private checkedHeader(bytes: Uint8Array): ImageHeader {
    const header = readImageHeader(bytes);
    if (!header) throw new ImageDecodeError('unsupported', 'The picture is not a JPEG, PNG or WebP');
    if (header.width * header.height > this.maxPixels) {
      throw new ImageDecodeError('too_large', `The picture has more than ${this.maxPixels} pixels`);
    }
    return header;
  }

  /** Null when libjpeg-turbo refuses; it gives no usable reason (its message is always "No error"). */
  private decodeJpeg(bytes: Uint8Array, header: ImageHeader, channels: 1 | 3): LumaImage | null {
    const size = header.width * header.height * channels;
    if (this.buffer.length < size) this.buffer = Buffer.allocUnsafeSlow(size);
    try {
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const format = channels === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB;
      const { width, height } = turbo.decompressSync(view, this.buffer, { format });
      return { data: this.buffer.subarray(0, width * height * channels), width, height };
    } catch {
      return null;
    }
  }

  private async decodeOther(bytes: Uint8Array, channels: 1 | 3): Promise<LumaImage> {
    try {
      const { data, info } = await sharp(bytes, { limitInputPixels: this.maxPixels, failOn: 'truncated' })
        .flatten()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      if (info.channels !== 3) throw new Error(`${info.channels} channels instead of 3`);
      return { data: channels === 1 ? lumaOf(data) : data, width: info.width, height: info.height };
    } catch (cause) {
      throw new ImageDecodeError('damaged', 'The picture is damaged and cannot be decoded', cause);
    }
  }
}

/**
 * Brightness of packed RGB as JPEG stores it (ITU-R BT.601, in steps of 1/256), so that a picture looks the same in every
 * format; libvips' own black and white is weighted in linear light and comes out several levels darker or brighter.
 */
function lumaOf(rgb: Uint8Array): Buffer {
  const luma = Buffer.allocUnsafeSlow(rgb.length / 3);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
    luma[pixel] = (77 * (rgb[at] ?? 0) + 150 * (rgb[at + 1] ?? 0) + 29 * (rgb[at + 2] ?? 0)) >> 8;
  }
  return luma;
}
