import type { MediaStart, Track } from './transport-stream.js';

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

interface TrackBox {
  readonly id: number;
  readonly handler: string;
  readonly timescale: number;
}

const BOXES_MAX = 10_000;
const HANDLERS: Readonly<Record<Track, string>> = { picture: 'vide', sound: 'soun' };

/**
 * Time of the first picture (or sound) of an fMP4 segment (ISO 14496-12), and whether there is sound. Null when the
 * initialization section has none of it or the segment is not one of its.
 */
export function readFragmentStart(init: Buffer, segment: Buffer, track: Track = 'picture'): MediaStart | null {
  try {
    const tracks = tracksOf(init);
    const wanted = tracks.find(({ handler }) => handler === HANDLERS[track]);
    if (!wanted) return null;
    const time = baseTime(segment, wanted.id);
    if (time === null) return null;
    return { firstS: time / wanted.timescale, hasSound: tracks.some(({ handler }) => handler === 'soun') };
  } catch (error) {
    // A box that claims more than there is: reading past the end throws.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function tracksOf(init: Buffer): TrackBox[] {
  return find(init, all(init), ['moov', 'trak']).map((trak) => {
    const [mdhd] = find(init, trak, ['mdia', 'mdhd']);
    const [hdlr] = find(init, trak, ['mdia', 'hdlr']);
    const [tkhd] = find(init, trak, ['tkhd']);
    if (!mdhd || !hdlr || !tkhd) throw new RangeError('A track without its header');
    return {
      id: init.readUInt32BE(tkhd.start + (init[tkhd.start] === 1 ? 20 : 12)),
      handler: init.toString('latin1', hdlr.start + 8, hdlr.start + 12),
      timescale: Math.max(1, init.readUInt32BE(mdhd.start + (init[mdhd.start] === 1 ? 20 : 12))),
    };
  });
}

/** `baseMediaDecodeTime` of the first fragment of a track. */
function baseTime(segment: Buffer, trackId: number): number | null {
  for (const traf of find(segment, all(segment), ['moof', 'traf'])) {
    const [tfhd] = find(segment, traf, ['tfhd']);
    const [tfdt] = find(segment, traf, ['tfdt']);
    if (!tfhd || !tfdt || segment.readUInt32BE(tfhd.start + 4) !== trackId) continue;
    return segment[tfdt.start] === 1
      ? Number(segment.readBigUInt64BE(tfdt.start + 4))
      : segment.readUInt32BE(tfdt.start + 4);
  }
  return null;
}

const all = (bytes: Buffer): Box => ({ type: 'file', start: 0, end: bytes.length });

/** The boxes at a path of types below a box. */
function find(bytes: Buffer, within: Box, [type, ...rest]: readonly string[]): Box[] {
  const found = children(bytes, within).filter((box) => box.type === type);
  return rest.length === 0 ? found : found.flatMap((box) => find(bytes, box, rest));
}

function children(bytes: Buffer, within: Box): Box[] {
  const boxes: Box[] = [];
  for (let at = within.start; at + 8 <= within.end && boxes.length < BOXES_MAX;) {
    const size = bytes.readUInt32BE(at);
    const isLong = size === 1;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : size === 0 ? within.end - at : size;
    if (length < (isLong ? 16 : 8) || at + length > within.end) break;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at + (isLong ? 16 : 8), end: at + length });
    at += length;
  }
  return boxes;
}
