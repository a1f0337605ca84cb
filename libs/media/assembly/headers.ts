/** What stands before the data of a JPEG's scan: its size, its planes and its tables. */
import { forgetTables, readHuffman, tablesSeen } from './huffman-tables';
import { DAMAGED, INPUT, MIN_HEIGHT, MIN_WIDTH, OK, OTHER_KIND, TABLES, TABLE_SIZE, inputEnd, u16at } from './memory';

export let width: i32 = 0;
export let height: i32 = 0;
export let components: i32 = 0;
export let restartInterval: i32 = 0;
let adobeTransform: i32 = -1;
// Of components 0–2: id, sampling, tables.
let ids: u32 = 0;
export let h0: i32 = 0;
export let v0: i32 = 0;
export let lumaDcStep: i32 = 0;
let lumaQuantiser: i32 = 0;
let quantisersSeen: i32 = 0;
let quantisersUsed: i32 = 0;
let quantiserDc0: i32 = 0;
let quantiserDc1: i32 = 0;
let quantiserDc2: i32 = 0;
let quantiserDc3: i32 = 0;
export const chromaBlocks: StaticArray<i32> = new StaticArray<i32>(4);
export const dcTable: StaticArray<i32> = new StaticArray<i32>(4);
export const acTable: StaticArray<i32> = new StaticArray<i32>(4);

/** Reads segments up to the scan's data; returns its offset, or a negative status. */
export function readHeaders(maxPixels: i32): i32 {
  width = 0;
  restartInterval = 0;
  forgetTables();
  quantisersSeen = 0;
  adobeTransform = -1;
  let here = INPUT + 2;
  if (inputEnd < INPUT + 4 || u16at(INPUT) !== 0xffd8) return -DAMAGED;
  while (here + 4 <= inputEnd) {
    if (load<u8>(here) !== 0xff) return -DAMAGED;
    const marker = <i32>load<u8>(here + 1);
    if (marker === 0xff) {
      here += 1;
      continue;
    }
    const size = u16at(here + 2);
    const body = here + 4;
    const end = here + 2 + <usize>size;
    if (size < 2 || end > inputEnd) return -DAMAGED;
    let status = OK;
    if (marker === 0xc0 || marker === 0xc1) status = readFrame(body, end, maxPixels);
    else if (marker === 0xc4) status = readHuffman(body, end);
    else if (marker === 0xdb) status = readQuantisers(body, end);
    else if (marker === 0xdd) status = readRestart(body, end);
    else if (marker === 0xee) readAdobe(body, end);
    else if (marker === 0xda) {
      status = readScanHeader(body, end);
      return status === OK ? <i32>(end - INPUT) : -status;
    } else if (marker < 0xe0 || (marker > 0xef && marker !== 0xfe)) return -OTHER_KIND;
    if (status !== OK) return -status;
    here = end;
  }
  return -DAMAGED;
}

/** B.2.2. Only what the scan reader takes: 8 bits, brightness alone or with two colour planes that are no finer. */
function readFrame(body: usize, end: usize, maxPixels: i32): i32 {
  if (width !== 0 || end < body + 6) return DAMAGED;
  const precision = <i32>load<u8>(body);
  height = u16at(body + 1);
  width = u16at(body + 3);
  components = <i32>load<u8>(body + 5);
  if (precision !== 8 || (components !== 1 && components !== 3)) return OTHER_KIND;
  if (end !== body + 6 + <usize>(components * 3) || width === 0) return DAMAGED;
  // A height of 0 is told after the scan (DNL).
  if (width < MIN_WIDTH || height < MIN_HEIGHT || <i64>width * <i64>height > <i64>maxPixels) return OTHER_KIND;
  ids = 0;
  quantisersUsed = 0;
  let blocks = 0;
  for (let i = 0; i < components; i++) {
    const entry = body + 6 + <usize>(i * 3);
    ids = (ids << 8) | (<u32>load<u8>(entry));
    const h = (<i32>load<u8>(entry + 1)) >> 4;
    const v = (<i32>load<u8>(entry + 1)) & 15;
    const quantiser = <i32>load<u8>(entry + 2);
    if (quantiser > 3) return DAMAGED;
    quantisersUsed |= 1 << quantiser;
    if (h < 1 || h > 4 || v < 1 || v > 4) return DAMAGED;
    if (i === 0) {
      h0 = h;
      v0 = v;
      lumaQuantiser = quantiser;
    } else if (h > h0 || v > v0) return OTHER_KIND;
    chromaBlocks[i] = h * v;
    blocks += h * v;
  }
  // "RGB": the planes are colours, not brightness.
  if (ids === 0x524742) return OTHER_KIND;
  // A.2.2: of a plane that stands alone the units are single blocks.
  if (components === 1) {
    h0 = 1;
    v0 = 1;
  }
  return blocks > 10 && components > 1 ? DAMAGED : OK;
}

/** B.2.4.1: only the first value of each table matters. */
function readQuantisers(body: usize, end: usize): i32 {
  let here = body;
  while (here < end) {
    const head = <i32>load<u8>(here);
    const wide = head >> 4;
    const id = head & 15;
    const size: usize = wide === 0 ? 65 : 129;
    if (wide > 1 || id > 3 || here + size > end) return DAMAGED;
    const value = wide === 0 ? <i32>load<u8>(here + 1) : u16at(here + 1);
    if (value === 0) return DAMAGED;
    if (id === 0) quantiserDc0 = value;
    else if (id === 1) quantiserDc1 = value;
    else if (id === 2) quantiserDc2 = value;
    else quantiserDc3 = value;
    quantisersSeen |= 1 << id;
    here += size;
  }
  return OK;
}

function readRestart(body: usize, end: usize): i32 {
  if (end !== body + 2) return DAMAGED;
  restartInterval = u16at(body);
  return OK;
}

/** The APP14 segment of Adobe says whether three planes are RGB. */
function readAdobe(body: usize, end: usize): void {
  if (end < body + 12) return;
  const isAdobe = load<u32>(body) === 0x626f6441 && load<u8>(body + 4) === 0x65;
  if (isAdobe) adobeTransform = <i32>load<u8>(body + 11);
}

/** B.2.3, for a sequential scan that holds all planes. */
function readScanHeader(body: usize, end: usize): i32 {
  if (width === 0 || end < body + 6) return DAMAGED;
  const count = <i32>load<u8>(body);
  if (count !== components || (adobeTransform === 0 && components === 3)) return OTHER_KIND;
  if (end !== body + 4 + <usize>(count * 2)) return DAMAGED;
  for (let i = 0; i < count; i++) {
    const id = <u32>load<u8>(body + 1 + <usize>(i * 2));
    const tables = <i32>load<u8>(body + 2 + <usize>(i * 2));
    if (id !== ((ids >> (<u32>((count - 1 - i) * 8))) & 0xff)) return OTHER_KIND;
    const dc = tables >> 4;
    const ac = tables & 15;
    if (dc > 3 || ac > 3 || (tablesSeen & (1 << dc)) === 0 || (tablesSeen & (16 << ac)) === 0) return DAMAGED;
    dcTable[i] = <i32>(TABLES + <usize>dc * TABLE_SIZE);
    acTable[i] = <i32>(TABLES + <usize>(4 + ac) * TABLE_SIZE);
  }
  const spectral = end - 3;
  if (load<u8>(spectral) !== 0 || load<u8>(spectral + 1) !== 63 || load<u8>(spectral + 2) !== 0) return DAMAGED;
  if ((quantisersSeen & quantisersUsed) !== quantisersUsed) return DAMAGED;
  if (lumaQuantiser === 0) lumaDcStep = quantiserDc0;
  else if (lumaQuantiser === 1) lumaDcStep = quantiserDc1;
  else if (lumaQuantiser === 2) lumaDcStep = quantiserDc2;
  else lumaDcStep = quantiserDc3;
  return OK;
}
