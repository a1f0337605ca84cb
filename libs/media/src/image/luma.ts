/** One byte a pixel, rows from the top, no padding. */
export interface LumaImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Three bytes a pixel (red, green, blue), rows from the top, no padding. */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Size of the small picture on which motion, cuts and hashes are measured. */
export const THUMB_WIDTH = 64;
export const THUMB_HEIGHT = 36;

const edgeCache = new Map<number, Uint32Array>();

/** Left edges of `cells` equal parts of `length` pixels, and the end; every part has at least one pixel. */
function edges(length: number, cells: number): Uint32Array {
  const key = length * 256 + cells;
  const known = edgeCache.get(key);
  if (known) return known;
  const made = new Uint32Array(cells + 1);
  for (let i = 0; i <= cells; i++) made[i] = Math.floor((i * length) / cells);
  // Clients choose the sizes: the cache must not grow with them.
  if (edgeCache.size >= 32) edgeCache.clear();
  edgeCache.set(key, made);
  return made;
}

/**
 * Shrinks to `width` × `height` by averaging the pixels of each cell (box filter). A picture smaller than the target
 * repeats pixels. Large cells are sampled with a stride so that the cost stays bounded: at most 8 rows of each cell.
 */
export function boxDownscale(image: LumaImage, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const columns = edges(image.width, width);
  const rows = edges(image.height, height);
  const sums = new Uint32Array(width);
  for (let row = 0; row < height; row++) {
    const top = Math.min(rows[row] ?? 0, image.height - 1);
    const bottom = Math.max(rows[row + 1] ?? 0, top + 1);
    const stride = Math.max(1, Math.floor((bottom - top) / 8));
    sums.fill(0);
    let count = 0;
    for (let y = top; y < bottom; y += stride, count++) addRow(image, y, columns, sums);
    for (let column = 0; column < width; column++) {
      const cells = Math.max(1, (columns[column + 1] ?? 0) - (columns[column] ?? 0)) * count;
      out[row * width + column] = Math.round((sums[column] ?? 0) / cells);
    }
  }
  return out;
}

/** Adds one pixel row to the sums of the cells that it crosses. */
function addRow(image: LumaImage, y: number, columns: Uint32Array, sums: Uint32Array): void {
  const { data, width } = image;
  const base = y * width;
  for (let column = 0; column < sums.length; column++) {
    const left = Math.min(columns[column] ?? 0, width - 1);
    const right = Math.max(columns[column + 1] ?? 0, left + 1);
    let sum = 0;
    for (let x = base + left; x < base + right; x++) sum += data[x] ?? 0;
    sums[column] = (sums[column] ?? 0) + sum;
  }
}

/** Mean absolute difference of two pictures of equal size, 0 (same) to 1 (black against white). */
export function meanAbsoluteDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  if (length === 0) return 0;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / (length * 255);
}
