import { COEFFICIENTS, STREAMS } from './cepstra.js';
import type { Codebooks } from './model-files.js';

/** A Gaussian with less of a frame is left out of its sums. */
const SHARE_MIN = 1e-3;
const VARIANCE_MIN = 1e-4;
/** Of its former value: what little sound there is must not make a Gaussian narrow. */
const VARIANCE_KEPT = 0.3;

/** What of a noisy sound belongs to each Gaussian of a model. */
export class GaussianSums {
  readonly #count: Float64Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  /** Of each Gaussian, the part of its logarithm that no sound changes. */
  readonly #constant: Float64Array;

  constructor(
    private readonly codebooks: Codebooks,
    private readonly means: Float32Array,
    private readonly variances: Float32Array,
  ) {
    const size = codebooks.logWeights.length;
    this.#count = new Float64Array(size);
    this.#sum = new Float64Array(size * COEFFICIENTS);
    this.#squares = new Float64Array(size * COEFFICIENTS);
    this.#constant = codebooks.logWeights.map((weight, at) => {
      let logs = 0;
      for (let i = 0; i < COEFFICIENTS; i++) logs += Math.log(2 * Math.PI * this.#variance(at, i));
      return weight - logs / 2;
    });
  }

  /** @param clean decides how much of the frame belongs to which Gaussian, @param noisy is what is added there */
  add(phone: number, clean: Float64Array, noisy: Float64Array): void {
    for (let stream = 0; stream < STREAMS; stream++) {
      const first = (phone * STREAMS + stream) * this.codebooks.gaussians;
      const shares = this.#shares(first, stream, clean);
      for (const [at, share] of shares.entries()) if (share >= SHARE_MIN) this.#addTo(first + at, share, stream, noisy);
    }
  }

  /**
   * Means and variances of greatest posterior probability, the former ones being worth so many frames.
   * @see J.-L. Gauvain, C.-H. Lee, "Maximum a posteriori estimation for multivariate Gaussian mixture observations of Markov
   * chains", IEEE Trans. Speech and Audio Processing 2 (1994)
   */
  adapted(priorFrames: number): { readonly means: Float32Array; readonly variances: Float32Array } {
    const means = new Float32Array(this.means.length);
    const variances = new Float32Array(this.variances.length);
    for (const at of means.keys()) {
      const weight = priorFrames + (this.#count[Math.floor(at / COEFFICIENTS)] ?? 0);
      const [mean, variance] = [this.means[at] ?? 0, this.variances[at] ?? 0];
      const adapted = (priorFrames * mean + (this.#sum[at] ?? 0)) / weight;
      const square = (priorFrames * (variance + mean ** 2) + (this.#squares[at] ?? 0)) / weight;
      means[at] = adapted;
      variances[at] = Math.max(variance * VARIANCE_KEPT, square - adapted ** 2);
    }
    return { means, variances };
  }

  #variance(gaussian: number, coefficient: number): number {
    return Math.max(VARIANCE_MIN, this.variances[gaussian * COEFFICIENTS + coefficient] ?? 0);
  }

  /** Posterior probabilities of one stream's Gaussians. */
  #shares(first: number, stream: number, feature: Float64Array): Float64Array {
    const logs = new Float64Array(this.codebooks.gaussians);
    for (const at of logs.keys()) {
      let log = this.#constant[first + at] ?? 0;
      for (let i = 0; i < COEFFICIENTS; i++) {
        const off = (feature[stream * COEFFICIENTS + i] ?? 0) - (this.means[(first + at) * COEFFICIENTS + i] ?? 0);
        log -= off ** 2 / (2 * this.#variance(first + at, i));
      }
      logs[at] = log;
    }
    const most = logs.reduce((max, log) => Math.max(max, log), -Infinity);
    const shares = logs.map((log) => Math.exp(log - most));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return shares.map((share) => share / total);
  }

  #addTo(gaussian: number, share: number, stream: number, feature: Float64Array): void {
    this.#count[gaussian] = (this.#count[gaussian] ?? 0) + share;
    for (let i = 0; i < COEFFICIENTS; i++) {
      const value = feature[stream * COEFFICIENTS + i] ?? 0;
      const at = gaussian * COEFFICIENTS + i;
      this.#sum[at] = (this.#sum[at] ?? 0) + share * value;
      this.#squares[at] = (this.#squares[at] ?? 0) + share * value ** 2;
    }
  }
}
