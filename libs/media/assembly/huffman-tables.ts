/** Huffman tables of a JPEG, as look-ups that take several symbols at once. */
import {
  CODE_BITS,
  DAMAGED,
  DELTA,
  FAST_BITS,
  FAST_SIZE,
  MAX_CODE,
  MULTI,
  OK,
  SOURCE,
  TABLES,
  TABLE_SIZE,
  VALUES,
} from './memory';

// An entry of an AC table: in its low half the bits of the codes and of the values behind them, in its high half how
// many places they go on. A block has 64 places, so that the high half alone tells when it is over.
export const STEP = 1 << 16;
export const PLACES = 64 * STEP;
/** Steps of the symbol that ends a block early. */
export const END_OF_BLOCK = 128 * STEP;
/** Steps of what is no symbol, and of a code that is longer than a look-up. */
export const NO_SYMBOL = 1024 * STEP;

/** Of this picture: a bit for each DC table, from the fifth on for each AC table. */
export let tablesSeen: i32 = 0;

/** A new picture has told no table yet; what the tables hold stays. */
export function forgetTables(): void {
  tablesSeen = 0;
}

/** B.2.4.2 and annex C. A table that is the same as in the picture before stays as it is. */
export function readHuffman(body: usize, end: usize): i32 {
  let here = body;
  while (here < end) {
    if (here + 17 > end) return DAMAGED;
    const head = <i32>load<u8>(here);
    const isAc = head >> 4;
    const id = head & 15;
    if (isAc > 1 || id > 3) return DAMAGED;
    let count: usize = 0;
    for (let bits: usize = 1; bits <= 16; bits++) count += <usize>load<u8>(here + bits);
    if (count > 256 || here + 17 + count > end) return DAMAGED;
    const table = TABLES + <usize>(isAc * 4 + id) * TABLE_SIZE;
    if (memory.compare(table + SOURCE, here + 1, 16 + count) !== 0) {
      memory.copy(table + SOURCE, here + 1, 16 + count);
      if (!makeTable(table, isAc === 1)) {
        // No table has so many codes of one bit.
        store<u8>(table + SOURCE, 255);
        return DAMAGED;
      }
    }
    tablesSeen |= 1 << (isAc * 4 + id);
    here += 17 + count;
  }
  return OK;
}

/** Makes the look-up tables from what stands at `SOURCE`: how many codes there are of each length, and the symbols. */
function makeTable(table: usize, isAc: bool): bool {
  for (let i: usize = 0; i < FAST_SIZE * 4; i += 4) store<u32>(table + i, NO_SYMBOL);
  let code: i32 = 0;
  let index: i32 = 0;
  for (let bits: i32 = 1; bits <= 16; bits++) {
    const count = <i32>load<u8>(table + SOURCE + <usize>(bits - 1));
    if (code + count > 1 << bits) return false;
    store<i32>(table + DELTA + <usize>bits * 4, index - code);
    for (let i = 0; i < count; i++, code++, index++) {
      const symbol = <i32>load<u8>(table + VALUES + <usize>index);
      if (!isAc && symbol > 11) return false;
      if (bits > FAST_BITS) continue;
      const entry = isAc ? acEntry(symbol, bits) : dcEntry(symbol, bits);
      const slot = (<usize>code) << (FAST_BITS - bits);
      const last = slot + (1 << (FAST_BITS - bits));
      for (let fill = slot; fill < last; fill++) store<u32>(table + (fill << 2), entry);
      memory.fill(table + CODE_BITS + slot, <u8>bits, last - slot);
    }
    store<i32>(table + MAX_CODE + <usize>bits * 4, count > 0 ? code - 1 : -1);
    code <<= 1;
  }
  if (isAc) chainSymbols(table);
  return true;
}

/** Values of more than 10 bits do not come about from 8-bit pictures. */
function acEntry(symbol: i32, bits: i32): i32 {
  const run = symbol >> 4;
  const size = symbol & 15;
  if (size > 10) return NO_SYMBOL;
  if (size > 0) return (run + 1) * STEP + bits + size;
  if (run === 15) return 16 * STEP + bits;
  return run === 0 ? END_OF_BLOCK + bits : NO_SYMBOL;
}

/** In the low half the bits of the code, in the high half those of the difference. */
function dcEntry(symbol: i32, bits: i32): i32 {
  return symbol * STEP + bits;
}

/** Entries for as many symbols as the bits of a look-up hold the codes of. */
function chainSymbols(table: usize): void {
  const mask: i32 = (1 << FAST_BITS) - 1;
  for (let i: i32 = 0; i <= mask; i++) {
    let entry = load<i32>(table + ((<usize>i) << 2));
    let bits = entry & 0xffff;
    while (entry < END_OF_BLOCK && bits < FAST_BITS) {
      const rest = <usize>((i << bits) & mask);
      const following = load<i32>(table + (rest << 2));
      if (following >= NO_SYMBOL || bits + <i32>load<u8>(table + CODE_BITS + rest) > FAST_BITS) break;
      entry += following;
      bits += following & 0xffff;
    }
    store<i32>(table + MULTI + ((<usize>i) << 2), entry);
  }
}

/** The entry of a code that the look-up does not hold; NO_SYMBOL when it is none. */
export function longCode(table: usize, window: u64, isAc: bool): i32 {
  for (let bits: i32 = FAST_BITS + 1; bits <= 16; bits++) {
    const code = <i32>(window >> u64(64 - bits));
    if (code > load<i32>(table + MAX_CODE + <usize>bits * 4)) continue;
    const index = code + load<i32>(table + DELTA + <usize>bits * 4);
    if (index < 0) return NO_SYMBOL;
    const symbol = <i32>load<u8>(table + VALUES + <usize>(index & 0xff));
    return isAc ? acEntry(symbol, bits) : dcEntry(symbol, bits);
  }
  return NO_SYMBOL;
}
