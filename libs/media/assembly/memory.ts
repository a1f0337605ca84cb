/** Where things stand in memory, how decoding ends, and the file that is read. */

// Statuses of `decode`.
export const OK = 0;
/** A JPEG of a kind that is left to the complete decoder: progressive, arithmetic, CMYK, RGB, several scans, 12 bits. */
export const OTHER_KIND = 1;
/** Something is missing, out of place or left over. */
export const DAMAGED = 2;

// Memory, in bytes. Static data of the compiler stands below.
export const TABLES: usize = 0x4000;
export const FAST_BITS = 10;
export const FAST_SIZE: usize = 1 << FAST_BITS;
/** One Huffman table: entries of one symbol, entries of several, code lengths, the long codes' look-up, its source. */
export const MULTI: usize = FAST_SIZE * 4;
export const CODE_BITS: usize = FAST_SIZE * 8;
export const MAX_CODE: usize = FAST_SIZE * 9;
export const DELTA: usize = MAX_CODE + 18 * 4;
export const SOURCE: usize = DELTA + 18 * 4;
export const VALUES: usize = SOURCE + 16;
export const TABLE_SIZE: usize = 0x2800;
/** DC tables 0–3, then AC tables 0–3. */
export const TABLES_END: usize = TABLES + 8 * TABLE_SIZE;
export const THUMB_WIDTH = 64;
export const THUMB_HEIGHT = 36;
/** A picture needs this many blocks for their means to say enough of it; smaller ones cost little to decode anyway. */
export const MIN_WIDTH = 32 * 8;
export const MIN_HEIGHT = 18 * 8;
export const THUMB: usize = TABLES_END;
/** Sums of the small picture while it is made, one row of it, its column edges with their fractions. */
export const SUMS: usize = THUMB + <usize>(THUMB_WIDTH * THUMB_HEIGHT);
export const ROW: usize = SUMS + <usize>(THUMB_WIDTH * THUMB_HEIGHT * 4);
export const EDGE_AT: usize = ROW + <usize>(THUMB_WIDTH * 4);
export const EDGE_PART: usize = EDGE_AT + <usize>((THUMB_WIDTH + 1) * 4);
export const INPUT: usize = 0x24000;
/** Symbols are read ahead of the check that the data still lasts: at most 64 of 26 bits. */
export const MARGIN: usize = 512;

/** Behind the last byte of the file. */
export let inputEnd: usize = 0;

/** The file at `INPUT` has so many bytes. */
export function setInputLength(length: i32): void {
  inputEnd = INPUT + <usize>length;
}

/** Makes the memory so many bytes large; false when there is none. */
export function grow(bytes: usize): bool {
  const have = (<usize>memory.size()) << 16;
  if (bytes <= have) return true;
  return memory.grow(<i32>((bytes - have + 0xffff) >> 16)) >= 0;
}

export function u16at(address: usize): i32 {
  return ((<i32>load<u8>(address)) << 8) | (<i32>load<u8>(address + 1));
}
