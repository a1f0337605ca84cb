/**
 * Reads the brightness of a baseline JPEG at an eighth of its size: every symbol of the scan is decoded, but of each
 * luma block only the mean (its DC coefficient) is kept. That is all that motion, cuts and hashes need, and it costs a
 * fraction of a full decoding. AssemblyScript; built by `npm run wasm:write`.
 *
 * It reads only what is whole: anything unusual or damaged ends with a status other than OK, and the caller decodes
 * such a picture with a complete decoder. ITU-T T.81 is meant by section numbers.
 */
import { height, readHeaders, width } from './headers';
import { INPUT, MARGIN, OK, THUMB, grow, setInputLength } from './memory';
import { readScan } from './scan';
import { shrink } from './shrink';

export function pictureWidth(): i32 {
  return width;
}

export function pictureHeight(): i32 {
  return height;
}

/** Address of the small picture, 64 × 36, of the last `decode` that was OK. */
export function thumb(): usize {
  return THUMB;
}

/** Makes room for a file of so many bytes; returns where to put it, 0 when there is no memory. */
export function reserve(length: i32): usize {
  return grow(INPUT + <usize>length * 2 + 2 * MARGIN) ? INPUT : 0;
}

/** Reads the file put at `reserve`. At most `maxPixels` are taken on. */
export function decode(length: i32, maxPixels: i32): i32 {
  setInputLength(length);
  const scan = readHeaders(maxPixels);
  if (scan < 0) return -scan;
  const status = readScan(INPUT + <usize>scan);
  if (status === OK) shrink();
  return status;
}
