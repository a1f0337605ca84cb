/** A part's header is a boundary and two short lines; more than this is not mpjpeg. */
const MAX_HEADER_BYTES = 512;
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Takes JPEG pictures out of ffmpeg's `mpjpeg` stream. Each part says its length, so no picture is searched for markers:
 * `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: N\r\n\r\n` and then N bytes.
 */
export class MpjpegParser {
  private pending: Buffer = Buffer.alloc(0);

  /** @param maxPictureBytes a part that claims more ends the parse with a RangeError */
  constructor(private readonly maxPictureBytes: number) {}

  /** Adds bytes as they arrive and returns the pictures that are complete; each owns its memory. */
  push(chunk: Buffer): Buffer[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const pictures: Buffer[] = [];
    let offset = 0;
    for (;;) {
      const part = this.nextPart(offset);
      if (part === undefined) break;
      pictures.push(Buffer.from(this.pending.subarray(part.start, part.end)));
      offset = part.end;
    }
    this.pending = this.pending.subarray(offset);
    return pictures;
  }

  /** Where the picture of the part at `offset` lies, once all of it has arrived. */
  private nextPart(offset: number): { start: number; end: number } | undefined {
    const headerEnd = this.pending.indexOf(HEADER_END, offset);
    if (headerEnd === -1 || headerEnd - offset > MAX_HEADER_BYTES) {
      if (this.pending.length - offset > MAX_HEADER_BYTES) throw new RangeError('The stream is not mpjpeg');
      return undefined;
    }
    const header = this.pending.toString('latin1', offset, headerEnd);
    const length = Number(/content-length:\s*(\d+)/i.exec(header)?.[1] ?? Number.NaN);
    if (!(length > 0 && length <= this.maxPictureBytes))
      throw new RangeError(`Bad picture length in: ${header.trim()}`);
    const start = headerEnd + HEADER_END.length;
    return this.pending.length >= start + length ? { start, end: start + length } : undefined;
  }
}
