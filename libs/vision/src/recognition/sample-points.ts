/** Where samples are taken along one side of a picture that is scaled (bilinear interpolation). */
export class SamplePoints {
  /** For each sample the two source pixels that it lies between, and the weight of the second. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;

  constructor(most: number) {
    this.low = new Int32Array(most);
    this.high = new Int32Array(most);
    this.weight = new Float64Array(most);
  }

  /**
   * Spreads `count` samples evenly over `length` pixels from `start` on, both of which may lie between pixels. Those from `count`
   * on go on at the same distance. What lies outside of the pixels `first` to `last` repeats the nearest of these.
   */
  spread(start: number, length: number, count: number, first: number, last: number): this {
    for (let i = 0; i < this.low.length; i++) {
      const at = Math.min(last, Math.max(first, start + ((i + 0.5) * length) / count - 0.5));
      const low = Math.floor(at);
      this.low[i] = low;
      this.high[i] = Math.min(last, low + 1);
      this.weight[i] = at - low;
    }
    return this;
  }
}

/** The value between two others. Numbers alone, since it is called for every sample. */
export function mix(a: number, b: number, weightOfB: number): number {
  return a * (1 - weightOfB) + b * weightOfB;
}
