import { invalidAudio } from './sound-limits.js';

/** An MP3 file as its frame headers tell it. */
export interface Mp3Info {
  readonly rateHz: number;
  readonly channels: 1 | 2;
  /** Per channel, by counting frames. */
  readonly samples: number;
  /** Where the frames are, in bytes: without tags and pictures. */
  readonly start: number;
  readonly end: number;
}

interface FrameHeader {
  readonly version: 1 | 2 | 2.5;
  readonly rateHz: number;
  readonly channels: 1 | 2;
  readonly bytes: number;
  readonly samples: number;
}

const RATES = { 1: [44_100, 48_000, 32_000], 2: [22_050, 24_000, 16_000], 2.5: [11_025, 12_000, 8000] } as const;
const KBPS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** A tag may be followed by rubbish; a first frame further away than this is none. */
const SEARCH_BYTES = 64 * 1024;

/**
 * Position of the first frame of MPEG audio layer III, or null when there is none: a frame counts only when another of
 * its kind follows it, or the file ends with it.
 */
export function findMp3(bytes: Uint8Array): number | null {
  const from = tagEnd(bytes);
  const to = Math.min(bytes.length - 4, from + SEARCH_BYTES);
  for (let at = from; at <= to; at++) {
    const header = readHeader(bytes, at);
    if (!header) continue;
    const next = at + header.bytes;
    if (next === bytes.length) return at;
    const following = readHeader(bytes, next);
    if (following && following.rateHz === header.rateHz && following.version === header.version) return at;
  }
  return null;
}

/** Walks over all frames without decoding them. Errors: `invalid_audio`. */
export function scanMp3(bytes: Uint8Array): Mp3Info {
  const start = findMp3(bytes);
  const first = start === null ? null : readHeader(bytes, start);
  if (start === null || !first) throw invalidAudio('The MP3 file has no frames');
  const promised = promisedFrames(bytes, start, first);
  let at = start;
  let frames = 0;
  let samples = 0;
  for (let header: FrameHeader | null = first; header && at + header.bytes <= bytes.length;) {
    samples += header.samples;
    frames += 1;
    at += header.bytes;
    header = readHeader(bytes, at);
  }
  if (promised !== null && frames < promised) {
    throw invalidAudio(`The MP3 file is cut off or damaged: ${frames} of ${promised} frames can be read`);
  }
  return { rateHz: first.rateHz, channels: first.channels, samples, start, end: at };
}

/** Length of an ID3v2 tag at the start, pictures included. */
function tagEnd(bytes: Uint8Array): number {
  if (bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((bytes[at] ?? 0) & 0x7f), 0);
  return 10 + size;
}

function readHeader(bytes: Uint8Array, at: number): FrameHeader | null {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  const isLayer3 = a === 0xff && (b & 0xe6) === 0xe2;
  if (!isLayer3) return null;
  const version = ([2.5, null, 2, 1] as const)[(b >> 3) & 3];
  const kbps = version && (version === 1 ? KBPS_1 : KBPS_2)[c >> 4];
  const rateHz = version && RATES[version][(c >> 2) & 3];
  if (!version || !kbps || !rateHz) return null;
  const samples = version === 1 ? 1152 : 576;
  const bytesOfFrame = Math.floor((samples / 8) * ((kbps * 1000) / rateHz)) + ((c >> 1) & 1);
  return { version, rateHz, channels: d >> 6 === 3 ? 1 : 2, bytes: bytesOfFrame, samples };
}

/** What the first frame's `Xing` or `Info` header says about the number of frames after it. */
function promisedFrames(bytes: Uint8Array, start: number, { version, channels }: FrameHeader): number | null {
  const side = version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  const at = start + 4 + side;
  const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
  const hasCount = (tag === 'Xing' || tag === 'Info') && ((bytes[at + 7] ?? 0) & 1) === 1;
  if (!hasCount || at + 12 > bytes.length) return null;
  return new DataView(bytes.buffer, bytes.byteOffset + at + 8, 4).getUint32(0);
}
