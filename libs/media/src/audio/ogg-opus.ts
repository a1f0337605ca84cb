import { AppError } from '@jiga/contracts';
import { isOpusHead, readOpusHead, type OpusStream } from './opus-packets.js';
import { invalidAudio } from './sound-limits.js';

interface Page {
  readonly serial: number;
  readonly continues: boolean;
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
  readonly end: number;
}

const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let rest = index << 24;
  for (let bit = 0; bit < 8; bit++) rest = rest & 0x8000_0000 ? (rest << 1) ^ 0x04c1_1db7 : rest << 1;
  return rest >>> 0;
});

/** The packets of the Opus stream in an Ogg file (RFC 3533, RFC 7845). Errors: `invalid_audio`, `unsupported_audio`. */
export function readOggOpus(bytes: Uint8Array): OpusStream {
  const packets: Uint8Array[] = [];
  let serial: number | null = null;
  let parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const page = readPage(bytes, at);
    at = page.end;
    serial ??= page.serial;
    if (page.serial !== serial) throw new AppError('unsupported_audio', 'The Ogg file has more than one stream');
    if (!page.continues) parts = [];
    parts = takePackets(page, parts, packets);
  }
  const [head, , ...sound] = packets;
  if (!head) throw invalidAudio('The Ogg file has no packets');
  if (!isOpusHead(head)) throw new AppError('unsupported_audio', 'The Ogg file holds something other than Opus');
  return { ...readOpusHead(head), packets: sound.filter(({ length }) => length > 0) };
}

/** Adds the packets that end on the page; gives the parts of one that goes on. */
function takePackets(page: Page, begun: Uint8Array[], packets: Uint8Array[]): Uint8Array[] {
  let parts = begun;
  let at = 0;
  for (const length of page.lacing) {
    parts.push(page.body.subarray(at, at + length));
    at += length;
    if (length === 255) continue;
    packets.push(parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts));
    parts = [];
  }
  return parts;
}

function readPage(bytes: Uint8Array, at: number): Page {
  const cutOff = (): AppError => invalidAudio('The Ogg file is cut off');
  if (at + 27 > bytes.length) throw cutOff();
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (view.getUint32(0) !== 0x4f67_6753) throw invalidAudio('The Ogg file is damaged');
  const bodyAt = at + 27 + view.getUint8(26);
  const lacing = bytes.subarray(at + 27, bodyAt);
  const end = bodyAt + lacing.reduce((sum, length) => sum + length, 0);
  if (end > bytes.length) throw cutOff();
  if (checksum(bytes.subarray(at, end)) !== view.getUint32(22, true)) throw invalidAudio('The Ogg file is damaged');
  const continues = (view.getUint8(5) & 1) === 1;
  return { serial: view.getUint32(14, true), continues, lacing, body: bytes.subarray(bodyAt, end), end };
}

/** Of a page, with its own checksum counted as zero. */
function checksum(page: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < page.length; at++) {
    const byte = at >= 22 && at < 26 ? 0 : (page[at] ?? 0);
    sum = ((sum << 8) ^ (CRC[((sum >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  }
  return sum;
}
