/** Frames of sound without a container (RFC 8216, 3.4): the sound itself, and how it is coded. */
export interface PackedAudio {
  readonly format: 'aac' | 'mp3';
  /** Without the tag in front, which only tells the time. */
  readonly frames: Buffer;
}

const TAG_HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;

/** Null for bytes that are no such frames. */
export function readPackedAudio(bytes: Buffer): PackedAudio | null {
  const frames = bytes.subarray(tagLength(bytes));
  const [first, second] = frames;
  // Twelve bits of sync, one of version, two of layer: ADTS has the layer 0, which MPEG audio has not.
  if (first !== 0xff || second === undefined || (second & 0xe0) !== 0xe0) return null;
  if ((second & 0xf6) === 0xf0) return { format: 'aac', frames };
  return (second & 0x06) === 0 ? null : { format: 'mp3', frames };
}

/** Length of the ID3 tag that each segment begins with: its size is written seven bits to a byte. */
function tagLength(bytes: Buffer): number {
  if (bytes.length < TAG_HEADER_BYTES || bytes.toString('latin1', 0, 3) !== 'ID3') return 0;
  const size = bytes.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return TAG_HEADER_BYTES + size + ((bytes[5] ?? 0) & HAS_FOOTER ? TAG_HEADER_BYTES : 0);
}
