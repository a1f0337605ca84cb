import { AppError } from '@jiga/contracts';
import { readOpusHead, type OpusStream } from './opus-packets.js';
import { invalidAudio } from './sound-limits.js';

/** Elements of Matroska (RFC 9559) that lead to the sound; every other is stepped over. */
const ID = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  entry: 0xae,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  trackNumber: 0xd7,
  trackType: 0x83,
  codec: 0x86,
  codecPrivate: 0x63a2,
  simpleBlock: 0xa3,
  block: 0xa1,
} as const;
const PARENTS: ReadonlySet<number> = new Set([ID.segment, ID.tracks, ID.entry, ID.cluster, ID.blockGroup]);
const VIDEO = 1;

interface Track {
  number: number;
  type: number;
  codec: string;
  head: Uint8Array | null;
}

interface Found {
  readonly tracks: Track[];
  readonly blocks: { readonly track: number; readonly packet: Uint8Array }[];
}

/**
 * The packets of the Opus track of a WebM or Matroska file, as browsers record it: lengths may be unknown. Since elements
 * are only opened or stepped over, one loop reads them all. Errors: `invalid_audio`, `unsupported_audio`.
 */
export function readWebmOpus(bytes: Uint8Array): OpusStream {
  const found: Found = { tracks: [], blocks: [] };
  for (let at = 0; at < bytes.length;) {
    const id = readId(bytes, at);
    const size = readSize(bytes, at + id.length);
    const start = at + id.length + size.length;
    const isParent = PARENTS.has(id.value);
    if (!isParent && size.value === null) throw invalidAudio('The WebM file is damaged');
    const end = start + (size.value ?? 0);
    if (!isParent && end > bytes.length) throw invalidAudio('The WebM file is cut off');
    if (id.value === ID.entry) found.tracks.push({ number: 0, type: 0, codec: '', head: null });
    if (!isParent) take(found, id.value, bytes.subarray(start, end));
    at = isParent ? start : end;
  }
  return opusOf(found);
}

function take({ tracks, blocks }: Found, id: number, body: Uint8Array): void {
  const track = tracks.at(-1);
  if (id === ID.simpleBlock || id === ID.block) blocks.push(readBlock(body));
  if (!track) return;
  if (id === ID.trackNumber) track.number = unsigned(body);
  if (id === ID.trackType) track.type = unsigned(body);
  if (id === ID.codec) track.codec = Buffer.from(body.subarray(0, 64)).toString('latin1');
  if (id === ID.codecPrivate) track.head = body;
}

function opusOf({ tracks, blocks }: Found): OpusStream {
  if (tracks.length === 0) throw invalidAudio('The WebM file has no tracks');
  if (tracks.some(({ type }) => type === VIDEO)) {
    throw new AppError('unsupported_audio', 'This is a video; send its sound alone');
  }
  const [track, ...others] = tracks.filter(({ codec }) => codec === 'A_OPUS');
  if (!track || others.length > 0) {
    const codecs = tracks.map(({ codec }) => codec.replaceAll(/[^\w/.-]/g, '')).join(', ');
    throw new AppError('unsupported_audio', `The WebM file must have one Opus track; it has ${codecs || 'none'}`);
  }
  if (!track.head) throw invalidAudio('The WebM file lacks its Opus header');
  const packets = blocks.filter((block) => block.track === track.number && block.packet.length > 0);
  return { ...readOpusHead(track.head), packets: packets.map(({ packet }) => packet) };
}

function readBlock(body: Uint8Array): { readonly track: number; readonly packet: Uint8Array } {
  const track = readSize(body, 0);
  const flags = body[track.length + 2];
  if (flags === undefined) throw invalidAudio('The WebM file is damaged');
  if ((flags & 0x06) !== 0) throw new AppError('unsupported_audio', 'WebM with laced blocks is not read');
  return { track: track.value ?? 0, packet: body.subarray(track.length + 3) };
}

interface VarInt<T> {
  readonly value: T;
  readonly length: number;
}

function lengthAt(bytes: Uint8Array, at: number, most: number): number {
  const length = Math.clz32(bytes[at] ?? 0) - 23;
  if (length > most || at + length > bytes.length) throw invalidAudio('The WebM file is cut off or damaged');
  return length;
}

function readId(bytes: Uint8Array, at: number): VarInt<number> {
  const length = lengthAt(bytes, at, 4);
  return { value: unsigned(bytes.subarray(at, at + length)), length };
}

/** Null: of unknown length. */
function readSize(bytes: Uint8Array, at: number): VarInt<number | null> {
  const length = lengthAt(bytes, at, 8);
  // The marker goes first: with it, eight bytes are more than a number holds exactly.
  const marked = bytes.slice(at, at + length);
  marked[0] = (marked[0] ?? 0) & (0xff >> length);
  const value = unsigned(marked);
  return { value: value === 2 ** (7 * length) - 1 ? null : value, length };
}

/** Big-endian; lengths beyond 2^53 are no longer exact, and longer than any file anyway. */
const unsigned = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
