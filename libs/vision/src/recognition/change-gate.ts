import type { PixelRect } from './crop.js';

/** Pixels of any kind: `channels` bytes each, of which the one at `channel` is looked at. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Longest side of the grid that a region's picture is reduced to. */
const MAX_BLOCKS = 48;

/** Mean brightness of each block of a rectangle: what the change gate remembers of it. Blocks are 3–6 pixels wide. */
export function blockMeans(image: Pixels, rect: PixelRect): Uint8Array {
  const size = Math.max(3, Math.min(6, Math.round(rect.height / 5)));
  const columns = Math.min(MAX_BLOCKS * 2, Math.max(1, Math.floor(rect.width / size)));
  const rows = Math.min(MAX_BLOCKS, Math.max(1, Math.floor(rect.height / size)));
  const means = new Uint8Array(columns * rows);
  // Of three channels green stands for brightness: it carries most of it, and reading one is three times cheaper.
  const offset = image.channels === 3 ? 1 : 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const left = rect.x + Math.floor((column * rect.width) / columns);
      const top = rect.y + Math.floor((row * rect.height) / rows);
      means[row * columns + column] = blockMean(image, left, top, size, offset);
    }
  }
  return means;
}

function blockMean(image: Pixels, left: number, top: number, size: number, offset: number): number {
  const right = Math.min(image.width, left + size);
  const bottom = Math.min(image.height, top + size);
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) sum += image.data[(y * image.width + x) * image.channels + offset] ?? 0;
  }
  return sum / Math.max(1, (right - left) * (bottom - top));
}

/** Largest change of a block (0–255); signatures of different sizes count as a full change. */
export function largestChange(before: Uint8Array, after: Uint8Array): number {
  if (before.length !== after.length) return 255;
  let most = 0;
  for (let i = 0; i < after.length; i++) most = Math.max(most, Math.abs((before[i] ?? 0) - (after[i] ?? 0)));
  return most;
}
