import type { RgbImage } from '@jiga/media';
import { OCR_HEIGHT } from './ocr-model.js';
import type { OcrInput } from './ocr-model.js';

/** A rectangle of whole pixels inside a picture. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Narrowest and widest input; wider text is squeezed. */
const MIN_WIDTH = 32;
const MAX_WIDTH = 1600;

/**
 * Cuts a rectangle out of a picture as input for the recogniser: scaled to height 48 (bilinear up, box average down),
 * keeping the aspect ratio, width rounded up to a multiple of 8.
 * @param stretch widens the picture by this factor: narrow letters read better when they are as wide as usual ones
 */
export function ocrInput(image: RgbImage, rect: PixelRect, stretch = 1): OcrInput {
  const scale = (OCR_HEIGHT / rect.height) * stretch;
  const wanted = Math.ceil((rect.width * scale) / 8) * 8;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, wanted));
  const columns = samples(rect.x, rect.width, width, Math.min(width, Math.round(rect.width * scale)), image.width);
  const rows = samples(rect.y, rect.height, OCR_HEIGHT, OCR_HEIGHT, image.height);
  const plane = width * OCR_HEIGHT;
  const data = new Float32Array(plane * 3);
  for (let y = 0; y < OCR_HEIGHT; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        // The model wants blue first; the picture has red first.
        data[(2 - channel) * plane + y * width + x] = bilinear(image, columns, x, rows, y, channel) / 127.5 - 1;
      }
    }
  }
  return { data, width };
}

/** For each target pixel the two source pixels that it lies between, and the weight of the second. */
interface Samples {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float32Array;
}

/** @param used target pixels that the source is spread over; the rest repeat the last source pixel */
function samples(start: number, length: number, count: number, used: number, limit: number): Samples {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const weight = new Float32Array(count);
  const last = Math.min(start + length, limit) - 1;
  for (let i = 0; i < count; i++) {
    const at = Math.min(last, Math.max(start, start + ((i + 0.5) * length) / used - 0.5));
    low[i] = Math.floor(at);
    high[i] = Math.min(last, Math.floor(at) + 1);
    weight[i] = at - Math.floor(at);
  }
  return { low, high, weight };
}

function bilinear(image: RgbImage, columns: Samples, x: number, rows: Samples, y: number, channel: number): number {
  const { data, width } = image;
  const left = (columns.low[x] ?? 0) * 3 + channel;
  const right = (columns.high[x] ?? 0) * 3 + channel;
  const top = (rows.low[y] ?? 0) * width * 3;
  const bottom = (rows.high[y] ?? 0) * width * 3;
  const across = columns.weight[x] ?? 0;
  const down = rows.weight[y] ?? 0;
  const upper = (data[top + left] ?? 0) * (1 - across) + (data[top + right] ?? 0) * across;
  const lower = (data[bottom + left] ?? 0) * (1 - across) + (data[bottom + right] ?? 0) * across;
  return upper * (1 - down) + lower * down;
}
