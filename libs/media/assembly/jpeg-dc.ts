/**
 * Reads the brightness of a baseline JPEG at an eighth of its size: every symbol of the scan is decoded, but of each
 * luma block only the mean (its DC coefficient) is kept. That is all that motion, cuts and hashes need, and it costs a
 * fraction of a full decoding. AssemblyScript; built by `npm run wasm:write`.
 *
 * It reads only what is whole: anything unusual or damaged ends with a status other than OK, and the caller decodes
 * such a picture with a complete decoder. ITU-T T.81 is meant by section numbers.
 */

// Statuses of `decode`.
const OK = 0;
/** A JPEG of a kind that is left to the complete decoder: progressive, arithmetic, CMYK, RGB, several scans, 12 bits. */
const OTHER_KIND = 1;
/** Something is missing, out of place or left over. */
const DAMAGED = 2;

// Memory, in bytes. Static data of the compiler stands below.
const TABLES: usize = 0x4000;
const FAST_BITS = 10;
const FAST_SIZE: usize = 1 << FAST_BITS;
/** One Huffman table: entries of one symbol, entries of several, code lengths, the long codes' look-up, its source. */
const MULTI: usize = FAST_SIZE * 4;
const CODE_BITS: usize = FAST_SIZE * 8;
const MAX_CODE: usize = FAST_SIZE * 9;
const DELTA: usize = MAX_CODE + 18 * 4;
const SOURCE: usize = DELTA + 18 * 4;
const VALUES: usize = SOURCE + 16;
const TABLE_SIZE: usize = 0x2800;
/** DC tables 0–3, then AC tables 0–3. */
const TABLES_END: usize = TABLES + 8 * TABLE_SIZE;
const THUMB_WIDTH = 64;
const THUMB_HEIGHT = 36;
/** A picture needs this many blocks for their means to say enough of it; smaller ones cost little to decode anyway. */
const MIN_WIDTH = 32 * 8;
const MIN_HEIGHT = 18 * 8;
const THUMB: usize = TABLES_END;
/** Sums of the small picture while it is made, one row of it, its column edges with their fractions. */
const SUMS: usize = THUMB + <usize>(THUMB_WIDTH * THUMB_HEIGHT);
const ROW: usize = SUMS + <usize>(THUMB_WIDTH * THUMB_HEIGHT * 4);
const EDGE_AT: usize = ROW + <usize>(THUMB_WIDTH * 4);
const EDGE_PART: usize = EDGE_AT + <usize>((THUMB_WIDTH + 1) * 4);
const INPUT: usize = 0x24000;
/** Symbols are read ahead of the check that the data still lasts: at most 64 of 26 bits. */
const MARGIN: usize = 512;

// An entry of an AC table: in its low half the bits of the codes and of the values behind them, in its high half how
// many places they go on. A block has 64 places, so that the high half alone tells when it is over.
const STEP = 1 << 16;
const PLACES = 64 * STEP;
/** Steps of the symbol that ends a block early. */
const END_OF_BLOCK = 128 * STEP;
/** Steps of what is no symbol, and of a code that is longer than a look-up. */
const NO_SYMBOL = 1024 * STEP;

let width: i32 = 0;
let height: i32 = 0;
let components: i32 = 0;
let restartInterval: i32 = 0;
let tablesSeen: i32 = 0;
let adobeTransform: i32 = -1;
// Of components 0–2: id, sampling, tables.
let ids: u32 = 0;
let h0: i32 = 0;
let v0: i32 = 0;
let lumaDcStep: i32 = 0;
let lumaQuantiser: i32 = 0;
let quantisersSeen: i32 = 0;
let quantisersUsed: i32 = 0;
let quantiserDc0: i32 = 0;
let quantiserDc1: i32 = 0;
let quantiserDc2: i32 = 0;
let quantiserDc3: i32 = 0;
let chromaBlocks: StaticArray<i32> = new StaticArray<i32>(4);
let dcTable: StaticArray<i32> = new StaticArray<i32>(4);
let acTable: StaticArray<i32> = new StaticArray<i32>(4);

// The scan's bits without stuffing, turned round: a load at a falling address has the next bits on top.
let top: usize = 0;
let endBits: i32 = 0;
/** The bit that is read next, and where in the input the next segment begins. */
let at: i32 = 0;
let next: usize = 0;
let inputEnd: usize = 0;

let grid: usize = 0;
let gridStride: i32 = 0;

export function pictureWidth(): i32 {
  return width;
}

export function pictureHeight(): i32 {
  return height;
}

/** Address of the {@link THUMB_WIDTH} × {@link THUMB_HEIGHT} picture of the last `decode` that was OK. */
export function thumb(): usize {
  return THUMB;
}

/** Makes room for a file of so many bytes; returns where to put it, 0 when there is no memory. */
export function reserve(length: i32): usize {
  return grow(INPUT + <usize>length * 2 + 2 * MARGIN) ? INPUT : 0;
}

function grow(bytes: usize): bool {
  const have = (<usize>memory.size()) << 16;
  if (bytes <= have) return true;
  return memory.grow(<i32>((bytes - have + 0xffff) >> 16)) >= 0;
}

function u16at(address: usize): i32 {
  return ((<i32>load<u8>(address)) << 8) | (<i32>load<u8>(address + 1));
}

/** Reads the file put at `reserve`. At most `maxPixels` are taken on. */
export function decode(length: i32, maxPixels: i32): i32 {
  inputEnd = INPUT + <usize>length;
  const scan = readHeaders(maxPixels);
  if (scan < 0) return -scan;
  const status = readScan(INPUT + <usize>scan);
  if (status === OK) shrink();
  return status;
}

/** Reads segments up to the scan's data; returns its offset, or a negative status. */
function readHeaders(maxPixels: i32): i32 {
  width = 0;
  restartInterval = 0;
  tablesSeen = 0;
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

/** B.2.4.2 and annex C. A table that is the same as in the picture before stays as it is. */
function readHuffman(body: usize, end: usize): i32 {
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
function longCode(table: usize, window: u64, isAc: bool): i32 {
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

function windowAt(bit: i32): u64 {
  return load<u64>(top - 8 - <usize>(bit >> 3)) << u64(bit & 7);
}

/** Copies the next segment of the scan, turned round and without stuffing; false when no marker ends it. */
function takeSegment(): bool {
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

function readScan(data: usize): i32 {
  const mcusX = (width + h0 * 8 - 1) / (h0 * 8);
  const mcusY = (height + v0 * 8 - 1) / (v0 * 8);
  const length = inputEnd - INPUT;
  top = INPUT + length * 2 + 2 * MARGIN;
  grid = top;
  gridStride = mcusX * h0 + 1;
  if (!grow(grid + <usize>(gridStride * (mcusY * v0 + 1)))) return OTHER_KIND;
  next = data;
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
    next += 2;
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

function dcEntryAt(table: usize, window: u64): i32 {
  const entry = load<i32>(table + <usize>((window >> (64 - FAST_BITS)) << 2));
  return entry < NO_SYMBOL ? entry : longCode(table, window, false);
}

/** F.2.2.1: the difference to the block before. */
function difference(entry: i32, window: u64): i32 {
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
function skipAc(table: usize, from: i32): i32 {
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

/** Brings the blocks' means to the size of the small picture, each weighed by the area that it covers of a pixel. */
function shrink(): void {
  const across = <f32>width / 8;
  const down = <f32>height / 8;
  const columns = (width + 7) >> 3;
  const rows = (height + 7) >> 3;
  for (let i = 0; i <= THUMB_WIDTH; i++) {
    const edge = (<f32>i * across) / <f32>THUMB_WIDTH;
    const whole = min(<i32>edge, columns);
    store<i32>(EDGE_AT + <usize>(i << 2), whole);
    store<f32>(EDGE_PART + <usize>(i << 2), edge - <f32>whole);
  }
  memory.fill(SUMS, 0, <usize>(THUMB_WIDTH * THUMB_HEIGHT * 4));
  const pitch = down / <f32>THUMB_HEIGHT;
  for (let row = 0; row < rows; row++) {
    shrinkRow(grid + <usize>(row * gridStride), <f32>THUMB_WIDTH / across);
    const first = min(THUMB_HEIGHT - 1, <i32>(<f32>row / pitch));
    for (let target = first; target < THUMB_HEIGHT; target++) {
      const low = max(<f32>target * pitch, <f32>row);
      const high = min(<f32>(target + 1) * pitch, <f32>(row + 1));
      if (<f32>target * pitch >= <f32>(row + 1)) break;
      if (high > low) addRow(SUMS + <usize>(target * THUMB_WIDTH * 4), (high - low) / pitch);
    }
  }
  for (let i = 0; i < THUMB_WIDTH * THUMB_HEIGHT; i++) {
    const value = load<f32>(SUMS + <usize>(i << 2)) + 0.5;
    store<u8>(THUMB + <usize>i, <u8>min<f32>(255, value));
  }
}

/** One row of blocks, as wide as the small picture. */
function shrinkRow(blocks: usize, scale: f32): void {
  let passed: i32 = 0;
  let sum: i32 = 0;
  let before: f32 = 0;
  for (let i = 1; i <= THUMB_WIDTH; i++) {
    const whole = load<i32>(EDGE_AT + <usize>(i << 2));
    for (; passed < whole; passed++) sum += <i32>load<u8>(blocks + <usize>passed);
    const here = <f32>sum + load<f32>(EDGE_PART + <usize>(i << 2)) * <f32>load<u8>(blocks + <usize>whole);
    store<f32>(ROW + <usize>((i - 1) << 2), (here - before) * scale);
    before = here;
  }
}

function addRow(target: usize, weight: f32): void {
  const weights = f32x4.splat(weight);
  for (let i: usize = 0; i < <usize>(THUMB_WIDTH * 4); i += 16) {
    v128.store(target + i, f32x4.add(v128.load(target + i), f32x4.mul(v128.load(ROW + i), weights)));
  }
}
