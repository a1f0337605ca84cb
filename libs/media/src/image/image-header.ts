/** What a picture says about itself before anything is decoded. Sizes are pixels, both ≥ 1. */
export interface ImageHeader {
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly width: number;
  readonly height: number;
}

/**
 * Reads format and size from the first bytes of a picture, by content. Returns null for anything that is not a
 * JPEG (baseline, extended, progressive), PNG or WebP with a complete header. Never reads outside `bytes` and never
 * allocates, so it is safe on hostile input; the time is at most linear in the number of JPEG segments.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const header = readJpeg(bytes) ?? readPng(bytes) ?? readWebp(bytes);
  return header && header.width > 0 && header.height > 0 ? header : null;
}

/** ITU-T T.81: SOI, then marker segments until a frame header SOF0–SOF2 with height and width. */
function readJpeg(bytes: Uint8Array): ImageHeader | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return null;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte before a marker
      continue;
    }
    if (isStandalone(marker)) {
      at += 2;
      continue;
    }
    const length = uint16(bytes, at + 2);
    if (length < 2) return null;
    if (marker >= 0xc0 && marker <= 0xc2) {
      if (length < 8 || at + 9 > bytes.length) return null;
      return { format: 'jpeg', height: uint16(bytes, at + 5), width: uint16(bytes, at + 7) };
    }
    // Start of scan or end of image before a frame header: there is no size to learn.
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + length;
  }
  return null;
}

/** Markers with no length field: TEM and RST0–RST7. */
function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** PNG: 8-byte signature, then the IHDR chunk with width and height. */
function readPng(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 24 || !matches(bytes, 0, '\x89PNG\r\n\x1a\n') || !matches(bytes, 12, 'IHDR')) return null;
  return { format: 'png', width: uint32(bytes, 16), height: uint32(bytes, 20) };
}

/** WebP (RFC 9649): RIFF container whose first chunk is lossy (VP8), lossless (VP8L) or extended (VP8X). */
function readWebp(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 30 || !matches(bytes, 0, 'RIFF') || !matches(bytes, 8, 'WEBP')) return null;
  if (matches(bytes, 12, 'VP8 ')) {
    if (!matches(bytes, 23, '\x9d\x01\x2a')) return null;
    return { format: 'webp', width: uint16le(bytes, 26) & 0x3fff, height: uint16le(bytes, 28) & 0x3fff };
  }
  if (matches(bytes, 12, 'VP8L')) {
    if (bytes[20] !== 0x2f) return null;
    const packed = uint16le(bytes, 21) + uint16le(bytes, 23) * 65536;
    return { format: 'webp', width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (matches(bytes, 12, 'VP8X')) {
    return { format: 'webp', width: uint24le(bytes, 24) + 1, height: uint24le(bytes, 27) + 1 };
  }
  return null;
}

function matches(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Big-endian 16 bits; a byte past the end counts as 0. */
const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const uint16le = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const uint24le = (bytes: Uint8Array, at: number): number => uint16le(bytes, at) | ((bytes[at + 2] ?? 0) << 16);
const uint32 = (bytes: Uint8Array, at: number): number => uint16(bytes, at) * 65536 + uint16(bytes, at + 2);
