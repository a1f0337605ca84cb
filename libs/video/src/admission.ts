import { AppError, newId } from '@jiga/contracts';
import type { Frame } from '@jiga/contracts';
import { readImageHeader } from '@jiga/media';

export interface FrameLimits {
  /** Encoded size. */
  readonly maxBytes: number;
  /** Width × height. */
  readonly maxPixels: number;
}

/** A picture as a client sent it, with what it said about it. */
export interface Picture {
  /** Owned by this frame alone: nothing else shares the buffer. */
  readonly bytes: Buffer<ArrayBuffer>;
  /** Capture time, Unix seconds; null when the client did not say. */
  readonly timestamp: number | null;
  readonly source: string | null;
  readonly channel: string | null;
}

/**
 * Lets a picture in as a frame: JPEG, PNG or WebP by content, within the limits. Only its header is read, so that a
 * decompression bomb costs nothing. Throws AppError `frame_too_large`, `unsupported_image`.
 */
export function admitFrame(
  picture: Picture,
  limits: FrameLimits,
  defaults: { timestamp: number; source: string; isAlone?: boolean },
): Frame {
  const { bytes, channel } = picture;
  if (bytes.length > limits.maxBytes) {
    throw new AppError('frame_too_large', `The frame has ${bytes.length} bytes; ${limits.maxBytes} are allowed`);
  }
  const header = readImageHeader(bytes);
  if (!header) throw new AppError('unsupported_image');
  const { width, height } = header;
  if (width * height > limits.maxPixels) {
    throw new AppError('frame_too_large', `The frame is ${width}×${height}; ${limits.maxPixels} pixels are allowed`);
  }
  const timestamp = picture.timestamp ?? defaults.timestamp;
  const source = picture.source ?? defaults.source;
  const { isAlone = false } = defaults;
  return { id: newId('frame'), bytes, width, height, timestamp, source, channel, isAlone };
}
