const PACKET_BYTES = 188;
const SYNC = 0x47;
const PTS_HZ = 90_000;
/** Packets out of step that are put up with. */
const OUT_OF_STEP_MAX = 4;

export type Track = 'picture' | 'sound';

/** What a segment of media says about itself. */
export interface MediaStart {
  /** Time of its first picture, or sound, on the stream's own clock, seconds. */
  readonly firstS: number;
  readonly hasSound: boolean;
}

/**
 * Time of the first picture (or sound) of an MPEG-TS segment (ISO 13818-1), and whether it has sound. Null for bytes that are
 * no transport stream or hold none of it: such bytes must not reach a decoder that goes on with what follows.
 */
export function readTransportStart(bytes: Buffer, track: Track = 'picture'): MediaStart | null {
  let firstS: number | null = null;
  let hasSound = false;
  let outOfStep = 0;
  for (let at = 0; at + PACKET_BYTES <= bytes.length; at += PACKET_BYTES) {
    if (bytes[at] !== SYNC) {
      if (++outOfStep > OUT_OF_STEP_MAX) return null;
      continue;
    }
    const pes = pesHeader(bytes, at);
    if (pes === null) continue;
    const stream = bytes[pes + 3] ?? 0;
    const isSound = stream >= 0xc0 && stream <= 0xdf;
    const isPicture = stream >= 0xe0 && stream <= 0xef;
    hasSound ||= isSound;
    if (track === 'sound' ? isSound : isPicture) firstS ??= presentationTime(bytes, pes);
  }
  return firstS === null ? null : { firstS, hasSound };
}

/** Where a packetized elementary stream begins in the packet at `at`; null when none does. */
function pesHeader(bytes: Buffer, at: number): number | null {
  const isStart = ((bytes[at + 1] ?? 0) & 0x40) !== 0;
  const control = ((bytes[at + 3] ?? 0) >> 4) & 3;
  if (!isStart || (control & 1) === 0) return null;
  const payload = at + 4 + (control === 3 ? 1 + (bytes[at + 4] ?? 0) : 0);
  const isInside = payload + 14 <= at + PACKET_BYTES;
  return isInside && bytes.readUIntBE(payload, 3) === 1 ? payload : null;
}

/** 33 bits in five bytes, with marker bits between. */
function presentationTime(bytes: Buffer, pes: number): number | null {
  if (((bytes[pes + 7] ?? 0) & 0x80) === 0) return null;
  const high = ((bytes[pes + 9] ?? 0) >> 1) & 7;
  const middle = bytes.readUInt16BE(pes + 10) >> 1;
  const low = bytes.readUInt16BE(pes + 12) >> 1;
  return (high * 2 ** 30 + middle * 2 ** 15 + low) / PTS_HZ;
}
