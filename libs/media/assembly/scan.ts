/** The scan of a JPEG: of each luma block its mean, ITU-T T.81 annexes E and F. */
import {
  acTable,
  chromaBlocks,
  components,
  dcTable,
  h0,
  height,
  lumaDcStep,
  restartInterval,
  v0,
  width,
} from './headers';
import { NO_SYMBOL } from './huffman-tables';
import { DAMAGED, INPUT, MARGIN, OK, OTHER_KIND, grow, inputEnd } from './memory';
import { beginSegments, endBits, next, passMarker, takeSegment, windowAt } from './segments';
import { difference, dcEntryAt, skipAc } from './symbols';

/** Means of the luma blocks, row by row, and how far apart rows are. */
export let grid: usize = 0;
export let gridStride: i32 = 0;
/** The bit behind what was read of the segment. */
let at: i32 = 0;

/** Reads the means of the luma blocks from the data of the scan; returns a status. */
export function readScan(data: usize): i32 {
  const mcusX = (width + h0 * 8 - 1) / (h0 * 8);
  const mcusY = (height + v0 * 8 - 1) / (v0 * 8);
  const length = inputEnd - INPUT;
  const top = INPUT + length * 2 + 2 * MARGIN;
  grid = top;
  gridStride = mcusX * h0 + 1;
  if (!grow(grid + <usize>(gridStride * (mcusY * v0 + 1)))) return OTHER_KIND;
  beginSegments(data, top);
  const total = mcusX * mcusY;
  const interval = restartInterval === 0 ? total : restartInterval;
  let restarts = 0;
  for (let done = 0; done < total; done += interval) {
    if (!takeSegment()) return DAMAGED;
    at = 0;
    if (!readUnits(done, min(total, done + interval), mcusX)) return DAMAGED;
    // What is left must be the fill bits of the last byte.
    if (endBits - at > 7) return DAMAGED;
    const marker = <i32>load<u8>(next + 1);
    const isLast = done + interval >= total;
    if (isLast ? marker !== 0xd9 : marker !== 0xd0 + (restarts & 7)) return isLast ? OTHER_KIND : DAMAGED;
    restarts++;
    passMarker();
  }
  return OK;
}

/** Reads the units `from` to `to` (exclusive) of a segment. */
function readUnits(from: i32, to: i32, mcusX: i32): bool {
  const dc = <usize>dcTable[0];
  const ac = <usize>acTable[0];
  let bit: i32 = 0;
  let luma = 0;
  let column = from % mcusX;
  let row = from / mcusX;
  for (let unit = from; unit < to; unit++) {
    for (let y = 0; y < v0; y++) {
      let cell = grid + <usize>((row * v0 + y) * gridStride + column * h0);
      for (let x = 0; x < h0; x++, cell++) {
        const window = windowAt(bit);
        const entry = dcEntryAt(dc, window);
        if (entry >= NO_SYMBOL) return false;
        luma += difference(entry, window);
        store<u8>(cell, <u8>min(255, max(0, ((luma * lumaDcStep + 4) >> 3) + 128)));
        bit = skipAc(ac, bit + (entry & 0xffff) + (entry >> 16));
        if (bit > endBits) return false;
      }
    }
    for (let plane = 1; plane < components; plane++) {
      const planeDc = <usize>dcTable[plane];
      const planeAc = <usize>acTable[plane];
      for (let block = chromaBlocks[plane]; block > 0; block--) {
        const entry = dcEntryAt(planeDc, windowAt(bit));
        if (entry >= NO_SYMBOL) return false;
        bit = skipAc(planeAc, bit + (entry & 0xffff) + (entry >> 16));
        if (bit > endBits) return false;
      }
    }
    if (++column === mcusX) {
      column = 0;
      row++;
    }
  }
  at = bit;
  return true;
}
