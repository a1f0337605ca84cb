import type { RgbImage } from '@jiga/media';
import type { PixelRect } from './crop.js';

/** Where strokes of bright letters are in a rectangle: one byte a pixel, 1 = ink. */
export interface InkMap {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Letters are drawn at full brightness in some channel; JPEG blur costs thin strokes up to a third of it. */
const MIN_BRIGHTNESS = 140;
const MIN_CONTRAST = 60;

/**
 * Marks pixels that are bright and stand out from what lies half a letter and a letter to their sides. Bright surfaces
 * of the scene are wider than a stroke and stay unmarked, apart from their edges.
 * @param glyphHeight height of the letters in pixels
 */
export function inkMap(image: RgbImage, rect: PixelRect, glyphHeight: number): InkMap {
  const { width, height } = rect;
  const bright = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    let from = ((rect.y + y) * image.width + rect.x) * 3;
    for (let x = 0; x < width; x++, from += 3) {
      bright[y * width + x] = Math.max(image.data[from] ?? 0, image.data[from + 1] ?? 0, image.data[from + 2] ?? 0);
    }
  }
  const reach = Math.max(2, Math.round(glyphHeight * 0.3));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = bright[y * width + x] ?? 0;
      if (value < MIN_BRIGHTNESS) continue;
      const row = y * width;
      const left = bright[row + Math.max(0, x - reach)] ?? 0;
      const right = bright[row + Math.min(width - 1, x + reach)] ?? 0;
      if (value - Math.min(left, right) >= MIN_CONTRAST) data[row + x] = 1;
    }
  }
  return { data, width, height };
}

/** Number of ink pixels in each column of the rows `top` to `bottom` (exclusive). */
export function inkColumns(ink: InkMap, top = 0, bottom = ink.height): Uint16Array {
  const counts = new Uint16Array(ink.width);
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < ink.width; x++) counts[x] = (counts[x] ?? 0) + (ink.data[y * ink.width + x] ?? 0);
  }
  return counts;
}

/** Number of ink pixels in each row. */
export function inkRows(ink: InkMap): Uint16Array {
  const counts = new Uint16Array(ink.height);
  for (let y = 0; y < ink.height; y++) {
    let count = 0;
    for (let x = 0; x < ink.width; x++) count += ink.data[y * ink.width + x] ?? 0;
    counts[y] = count;
  }
  return counts;
}

export interface TextExtent {
  /** First column of ink and the column after the last. */
  readonly left: number;
  readonly right: number;
  readonly ink: number;
}

/**
 * The run of ink that is a line of text: columns no farther apart than `maxGap`, at the anchored edge (or, centred,
 * the one with the most ink that reaches over the middle). Null when there is none.
 */
export function textExtent(
  columns: Uint16Array,
  maxGap: number,
  align: 'left' | 'center' | 'right',
): TextExtent | null {
  const runs = inkRuns(columns, maxGap);
  if (align === 'center') {
    const middle = columns.length / 2;
    return runs.find(({ left, right }) => left <= middle + maxGap && right >= middle - maxGap) ?? null;
  }
  const edge = align === 'left' ? runs.at(0) : runs.at(-1);
  if (!edge) return null;
  const distance = align === 'left' ? edge.left : columns.length - edge.right;
  return distance <= maxGap ? edge : null;
}

function inkRuns(columns: Uint16Array, maxGap: number): TextExtent[] {
  const runs: { left: number; right: number; ink: number }[] = [];
  for (let x = 0; x < columns.length; x++) {
    const count = columns[x] ?? 0;
    if (count === 0) continue;
    const last = runs.at(-1);
    if (last && x - last.right <= maxGap) {
      last.right = x + 1;
      last.ink += count;
    } else {
      runs.push({ left: x, right: x + 1, ink: count });
    }
  }
  return runs;
}
