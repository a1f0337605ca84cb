/** A message or a packet, with all its bytes. */
export interface RtspUnit {
  readonly bytes: Buffer;
  /** Of a message: its first line and its fields; null for an interleaved packet. */
  readonly head: string | null;
}

const INTERLEAVED = 0x24;
const INTERLEAVED_HEAD_BYTES = 4;
const HEAD_END = '\r\n\r\n';
const HEAD_MAX_BYTES = 16 * 1024;
const BODY_MAX_BYTES = 256 * 1024;

/**
 * Splits what one direction of an RTSP connection carries (RFC 2326): messages of text, with their bodies, and packets of media
 * between them (10.12).
 */
export class RtspFramer {
  #rest: Buffer = Buffer.alloc(0);

  /** The units that are whole now. Throws RangeError for what is no RTSP. */
  push(bytes: Buffer): RtspUnit[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const units: RtspUnit[] = [];
    for (let unit = this.#take(); unit; unit = this.#take()) units.push(unit);
    return units;
  }

  #take(): RtspUnit | null {
    if (this.#rest.length === 0) return null;
    if (this.#rest[0] === INTERLEAVED) {
      if (this.#rest.length < INTERLEAVED_HEAD_BYTES) return null;
      return this.#cut(INTERLEAVED_HEAD_BYTES + this.#rest.readUInt16BE(2), null);
    }
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1 ? this.#rest.length > HEAD_MAX_BYTES : end > HEAD_MAX_BYTES) throw new RangeError('Not RTSP');
    if (end === -1) return null;
    const head = this.#rest.toString('latin1', 0, end);
    const length = Number(/^content-length:\s*(\d{1,9})\s*$/im.exec(head)?.[1] ?? 0);
    if (length > BODY_MAX_BYTES) throw new RangeError('Not RTSP');
    return this.#cut(end + HEAD_END.length + length, head);
  }

  #cut(length: number, head: string | null): RtspUnit | null {
    if (this.#rest.length < length) return null;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return { bytes, head };
  }
}
