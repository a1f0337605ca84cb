import { boxDownscale } from './luma.js';
import type { LumaImage } from './luma.js';

/**
 * 64-bit difference hash as 16 hex digits: the picture is shrunk to 9 × 8 and each bit says whether a cell is
 * brighter than its right neighbour (N. Krawetz, "Kind of Like That", 2013). Near-equal pictures differ in few bits.
 */
export function differenceHash(image: LumaImage): string {
  const small = boxDownscale(image, 9, 8);
  let hex = '';
  for (let nibble = 0; nibble < 16; nibble++) {
    let value = 0;
    for (let bit = 0; bit < 4; bit++) {
      const at = (nibble >> 1) * 9 + (nibble & 1) * 4 + bit;
      value = (value << 1) | ((small[at] ?? 0) > (small[at + 1] ?? 0) ? 1 : 0);
    }
    hex += value.toString(16);
  }
  return hex;
}

/** Number of differing bits (0–64) between two hashes of {@link differenceHash}. */
export function hashDistance(a: string, b: string): number {
  let bits = 0;
  for (let i = 0; i < 16; i++) {
    let differing = Number.parseInt(a[i] ?? '0', 16) ^ Number.parseInt(b[i] ?? '0', 16);
    for (; differing > 0; differing &= differing - 1) bits++;
  }
  return bits;
}
