import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { packageFile } from '../package-file.js';
import { SampleQueue } from './sample-queue.js';
import type { NoiseSuppressor } from './stages.js';

/** The build whose minified names are used below: another one is not trusted to mean the same by them. */
const SHA256 = '01a5286ddaa1ce6d0dd5510bd9241f3bf0cc727a05d5767ae6881d85d9983719';
const HOP = 256;

/** The module's exports by their minified names. */
interface GtcrnExports {
  readonly c: WebAssembly.Memory;
  /** Initialises. */
  d(): void;
  /** Makes a state. */
  e(): number;
  /** Frees a state. */
  g(state: number): void;
  /** 256 samples of 16 kHz from one place to another. */
  i(state: number, input: number, output: number): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
}

/**
 * GTCRN, a small neural network that takes away noise also of rapid kinds (keys, shots), at about 40 ms of processor time
 * per second. Throws when the package is not the known one.
 * @see https://github.com/Xiaobin-Rong/gtcrn (MIT)
 */
export async function loadGtcrn(): Promise<() => NoiseSuppressor> {
  const bytes = await readFile(packageFile('@sapphi-red/web-noise-suppressor', 'gtcrn.wasm'));
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== SHA256) throw new Error('gtcrn.wasm is not the build that is known here');
  const imports = { a: { a: aborted, b: aborted } };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const { k, f, ...exports } = instance.exports as unknown as GtcrnExports & {
    k: GtcrnExports['malloc'];
    f: GtcrnExports['free'];
  };
  const module: GtcrnExports = { ...exports, malloc: k, free: f };
  module.d();
  return () => new Gtcrn(module);
}

function aborted(): never {
  throw new Error('gtcrn.wasm gave up');
}

class Gtcrn implements NoiseSuppressor {
  readonly id = 'gtcrn';
  readonly latencyMs = 32;
  #state: number;
  readonly #input: number;
  readonly #output: number;
  readonly #waiting = new SampleQueue();
  readonly #done = new SampleQueue();
  #closed = false;

  constructor(private readonly module: GtcrnExports) {
    this.#state = module.e();
    this.#input = module.malloc(HOP * 4);
    this.#output = module.malloc(HOP * 4);
    this.#done.pushSilence(HOP);
  }

  push(pcm: Float32Array): Float32Array {
    this.#waiting.push(pcm);
    for (let hop = this.#waiting.take(HOP); hop; hop = this.#waiting.take(HOP)) {
      new Float32Array(this.module.c.buffer, this.#input, HOP).set(hop);
      this.module.i(this.#state, this.#input, this.#output);
      this.#done.push(new Float32Array(this.module.c.buffer, this.#output, HOP));
    }
    return this.#done.take(pcm.length) ?? new Float32Array(pcm.length);
  }

  reset(): void {
    this.module.g(this.#state);
    this.#state = this.module.e();
    this.#waiting.clear();
    this.#done.clear();
    this.#done.pushSilence(HOP);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.module.g(this.#state);
    this.module.free(this.#input);
    this.module.free(this.#output);
  }
}
