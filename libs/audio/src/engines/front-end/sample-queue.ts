/** Samples in order, taken in blocks. Grows as needed: whoever fills it bounds it. */
export class SampleQueue {
  #samples = new Float32Array(4096);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(samples: Float32Array): void {
    this.#makeRoom(samples.length);
    this.#samples.set(samples, this.#end);
    this.#end += samples.length;
  }

  pushSilence(count: number): void {
    this.#makeRoom(count);
    this.#samples.fill(0, this.#end, this.#end + count);
    this.#end += count;
  }

  /** The next `count` samples as a copy; null when there are not as many yet. */
  take(count: number): Float32Array<ArrayBuffer> | null {
    if (this.length < count) return null;
    const taken = this.#samples.slice(this.#start, this.#start + count);
    this.#start += count;
    return taken;
  }

  /** Leaves out up to `count` samples; gives how many there were. */
  skip(count: number): number {
    const skipped = Math.min(count, this.length);
    this.#start += skipped;
    return skipped;
  }

  clear(): void {
    this.#start = this.#end = 0;
  }

  #makeRoom(count: number): void {
    if (this.#end + count <= this.#samples.length) return;
    const kept = this.#samples.subarray(this.#start, this.#end);
    const needed = kept.length + count;
    const room = needed > this.#samples.length ? new Float32Array(needed * 2) : this.#samples;
    room.set(kept);
    this.#samples = room;
    this.#start = 0;
    this.#end = kept.length;
  }
}
