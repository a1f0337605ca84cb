/** Reads 16-bit little-endian samples out of bytes that come in pieces of any length. */
export class PcmReader {
  #oddByte: Buffer | null = null;
  #samples = 0;

  /** Samples read so far. */
  get samples(): number {
    return this.#samples;
  }

  /** The samples that are whole now; null when there are none. */
  push(bytes: Buffer): Int16Array | null {
    const whole = this.#oddByte ? Buffer.concat([this.#oddByte, bytes]) : bytes;
    const count = whole.length >> 1;
    this.#oddByte = whole.length % 2 === 1 ? Buffer.from(whole.subarray(-1)) : null;
    if (count === 0) return null;
    const pcm = new Int16Array(count);
    for (let n = 0; n < count; n++) pcm[n] = whole.readInt16LE(n * 2);
    this.#samples += count;
    return pcm;
  }
}
