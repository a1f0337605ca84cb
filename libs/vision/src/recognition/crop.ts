import type { RgbImage } from '@jiga/media';
import { OCR_HEIGHT } from './ocr-model.js';
import type { OcrInput } from './ocr-model.js';
import { SamplePoints, mix } from './sample-points.js';

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
  const last = {
    x: Math.min(rect.x + rect.width, image.width) - 1,
    y: Math.min(rect.y + rect.height, image.height) - 1,
  };
  // Columns beyond the text repeat its last pixel.
  const used = Math.min(width, Math.round(rect.width * scale));
  const columns = new SamplePoints(width).spread(rect.x, rect.width, used, rect.x, last.x);
  const rows = new SamplePoints(OCR_HEIGHT).spread(rect.y, rect.height, OCR_HEIGHT, rect.y, last.y);
  const { data: pixels } = image;
  const plane = width * OCR_HEIGHT;
  const data = new Float32Array(plane * 3);
  for (let y = 0, to = 0; y < OCR_HEIGHT; y++) {
    const upper = (rows.low[y] ?? 0) * image.width * 3;
    const lower = (rows.high[y] ?? 0) * image.width * 3;
    const down = rows.weight[y] ?? 0;
    for (let x = 0; x < width; x++, to++) {
      const left = (columns.low[x] ?? 0) * 3;
      const right = (columns.high[x] ?? 0) * 3;
      const across = columns.weight[x] ?? 0;
      for (let channel = 0; channel < 3; channel++) {
        const above = mix(pixels[upper + left + channel] ?? 0, pixels[upper + right + channel] ?? 0, across);
        const below = mix(pixels[lower + left + channel] ?? 0, pixels[lower + right + channel] ?? 0, across);
        // The model wants blue first; the picture has red first.
        data[(2 - channel) * plane + to] = mix(above, below, down) / 127.5 - 1;
      }
    }
  }
  return { data, width };
}
