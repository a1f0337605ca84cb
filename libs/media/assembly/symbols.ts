/** Symbols of a block: the difference of its mean, and what is passed over. */
import { NO_SYMBOL, PLACES, STEP, longCode } from './huffman-tables';
import { FAST_BITS, MULTI } from './memory';
import { windowAt } from './segments';

/** The entry of the symbol that a block begins with; NO_SYMBOL when it is none. */
export function dcEntryAt(table: usize, window: u64): i32 {
  const entry = load<i32>(table + <usize>((window >> (64 - FAST_BITS)) << 2));
  return entry < NO_SYMBOL ? entry : longCode(table, window, false);
}

/** F.2.2.1: the difference to the block before. */
export function difference(entry: i32, window: u64): i32 {
  const size = entry >> 16;
  if (size === 0) return 0;
  const value = <i32>((window << u64(entry & 0xffff)) >> u64(64 - size));
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

const BROKEN: i32 = 0x7fffffff;

function lookUp(table: usize, window: u64): i32 {
  return load<i32>(table + <usize>((window >> (64 - FAST_BITS)) << 2));
}

/**
 * F.2.2.2: passes over the other coefficients of a block, checking that they are such; returns the bit behind them, or
 * `BROKEN`. One load gives 57 bits, enough for three look-ups: the first two take at most 20 each.
 */
export function skipAc(table: usize, from: i32): i32 {
  const multi = table + MULTI;
  let state: i32 = STEP;
  let entry: i32 = 0;
  while (true) {
    let window = windowAt(from + (state & 0xffff));
    entry = lookUp(multi, window);
    state += entry;
    if (state < PLACES) {
      window <<= u64(entry);
      entry = lookUp(multi, window);
      state += entry;
      if (state < PLACES) {
        window <<= u64(entry);
        entry = lookUp(multi, window);
        state += entry;
        if (state < PLACES) continue;
      }
    }
    if (isEnd(state)) return from + (state & 0xffff);
    state -= entry;
    if (entry < NO_SYMBOL) return skipSingly(table, from, state);
    state += longCode(table, windowAt(from + (state & 0xffff)), true);
    if (state >= PLACES) return isEnd(state) ? from + (state & 0xffff) : BROKEN;
  }
  return BROKEN;
}

/** Whether a block ends here, neither beyond its last place nor at what is no symbol. */
function isEnd(state: i32): bool {
  const places = state >> 16;
  return places === 64 || (places > 128 && places < 128 + 64);
}

/** Goes on symbol by symbol: several at once may reach into the next block, and some codes are long. */
function skipSingly(table: usize, from: i32, start: i32): i32 {
  let state = start;
  while (state < PLACES) {
    const window = windowAt(from + (state & 0xffff));
    const entry = lookUp(table, window);
    state += entry < NO_SYMBOL ? entry : longCode(table, window, true);
  }
  return isEnd(state) ? from + (state & 0xffff) : BROKEN;
}
