import { THUMB_HEIGHT, THUMB_WIDTH, boxDownscale } from './luma.js';
import type { LumaImage } from './luma.js';

/**
 * 64-bit difference hash as 16 hex digits: the picture is shrunk to 9 × 8 and each bit says whether a cell is
 * brighter than its right neighbour (N. Krawetz, "Kind of Like That", 2013). Near-equal pictures differ in few bits.
 */
export function differenceHash(image: LumaImage): string {
  const small = boxDownscale(image, 9, 8);
  return half(small, 0) + half(small, 4);
}

/** {@link differenceHash} of a picture of {@link THUMB_WIDTH} × {@link THUMB_HEIGHT} pixels. */
export const hashOfThumb = (thumb: Uint8Array): string =>
  differenceHash({ data: thumb, width: THUMB_WIDTH, height: THUMB_HEIGHT });

/** Four rows of the small picture as 8 hex digits. */
function half(small: Uint8Array, firstRow: number): string {
  let bits = 0;
  for (let row = firstRow; row < firstRow + 4; row++) {
    for (let at = row * 9; at < row * 9 + 8; at++)
      bits = (bits << 1) | ((small[at] ?? 0) > (small[at + 1] ?? 0) ? 1 : 0);
  }
  return (bits >>> 0).toString(16).padStart(8, '0');
}

/** Number of differing bits (0–64) between two hashes of {@link differenceHash}. */
export function hashDistance(a: string, b: string): number {
  return a === b ? 0 : differingBits(a, b, 0) + differingBits(a, b, 8);
}

function differingBits(a: string, b: string, from: number): number {
  let differing = Number.parseInt(a.slice(from, from + 8), 16) ^ Number.parseInt(b.slice(from, from + 8), 16);
  let bits = 0;
  for (; differing !== 0; differing &= differing - 1) bits++;
  return bits;
}
