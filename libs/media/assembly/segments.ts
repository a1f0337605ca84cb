/** The bits of a scan, segment by segment. */
import { MARGIN, inputEnd } from './memory';

// The scan's bits without stuffing, turned round: a load at a falling address has the next bits on top.
let top: usize = 0;
/** Bits of the segment, and where in the input its marker stands. */
export let endBits: i32 = 0;
export let next: usize = 0;

/** The scan's data begin at `data`; segments are put below `end`. */
export function beginSegments(data: usize, end: usize): void {
  next = data;
  top = end;
}

/** Goes on behind the marker of the segment. */
export function passMarker(): void {
  next += 2;
}

/** 57 bits and more from this one of the segment on, the first on top. */
export function windowAt(bit: i32): u64 {
  return load<u64>(top - 8 - <usize>(bit >> 3)) << u64(bit & 7);
}

/** Copies the next segment of the scan, turned round and without stuffing; false when no marker ends it. */
export function takeSegment(): bool {
  let from = next;
  let to = top;
  const last = inputEnd - 1;
  const ones = i8x16.splat(-1);
  while (from < last) {
    while (from + 16 < last) {
      const sixteen = v128.load(from);
      if (v128.any_true(i8x16.eq(sixteen, ones))) break;
      to -= 16;
      v128.store(to, i8x16.shuffle(sixteen, sixteen, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      from += 16;
    }
    const stop = min(from + 16, last);
    while (from < stop) {
      const byte = load<u8>(from);
      if (byte === 0xff) {
        const after = load<u8>(from + 1);
        if (after !== 0) {
          if (after === 0xff) {
            from++;
            continue;
          }
          next = from;
          endBits = <i32>(top - to) * 8;
          memory.fill(to - MARGIN, 0, MARGIN);
          return true;
        }
        from++;
      }
      to--;
      store<u8>(to, byte);
      from++;
    }
  }
  return false;
}
