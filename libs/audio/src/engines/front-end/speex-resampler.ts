import type { SpeexModule } from '@echogarden/speex-resampler-wasm/simd';
import type { Resampler } from './stages.js';

/** Samples of a block that goes through the module at once. */
const BLOCK = 4096;
/** As Speex counts it, 0…10: 4 keeps aliases more than 60 dB down. */
const QUALITY = 4;

/** Makes resamplers that share one WebAssembly module of Speex. */
export async function loadResamplers(): Promise<(fromHz: number, toHz: number, quality?: number) => Resampler> {
  const { default: load } = await import('@echogarden/speex-resampler-wasm/simd');
  const module = await load();
  return (fromHz, toHz, quality = QUALITY) =>
    fromHz === toHz ? new SameRate(fromHz) : new SpeexResampler(module, fromHz, toHz, quality);
}

/** All of a sound at another rate, as long as before. */
export function resampleWhole(resampler: Resampler, pcm: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(Math.round((pcm.length * resampler.toHz) / resampler.fromHz));
  let filled = 0;
  for (const part of [resampler.push(pcm), resampler.flush()]) {
    const fitting = part.subarray(0, out.length - filled);
    out.set(fitting, filled);
    filled += fitting.length;
  }
  return out;
}

class SpeexResampler implements Resampler {
  readonly #state: number;
  readonly #input: number;
  readonly #output: number;
  readonly #counts: number;
  readonly #outputBlock: number;
  #closed = false;

  constructor(
    private readonly module: SpeexModule,
    readonly fromHz: number,
    readonly toHz: number,
    quality: number,
  ) {
    this.#outputBlock = Math.ceil((BLOCK * toHz) / fromHz) + 64;
    this.#counts = module._malloc(8);
    this.#input = module._malloc(BLOCK * 4);
    this.#output = module._malloc(this.#outputBlock * 4);
    this.#state = module._speex_resampler_init(1, fromHz, toHz, quality, 0);
    if (this.#state === 0) throw new Error(`Cannot resample ${fromHz} to ${toHz} Hz`);
    module._speex_resampler_skip_zeros(this.#state);
  }

  push(pcm: Float32Array): Float32Array {
    const parts: Float32Array[] = [];
    for (let at = 0; at < pcm.length;) {
      const { used, part } = this.#process(pcm.subarray(at, at + BLOCK));
      if (used === 0) break;
      parts.push(part);
      at += used;
    }
    return parts.length === 1 ? (parts[0] ?? new Float32Array(0)) : joined(parts);
  }

  flush(): Float32Array {
    const rest = this.push(new Float32Array(this.module._speex_resampler_get_input_latency(this.#state)));
    this.reset();
    return rest;
  }

  reset(): void {
    this.module._speex_resampler_reset_mem(this.#state);
    this.module._speex_resampler_skip_zeros(this.#state);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.module._speex_resampler_destroy(this.#state);
    for (const pointer of [this.#input, this.#output, this.#counts]) this.module._free(pointer);
  }

  #process(block: Float32Array): { readonly used: number; readonly part: Float32Array } {
    const { module } = this;
    module.HEAPF32.set(block, this.#input / 4);
    const at = this.#counts / 4;
    module.HEAPU32.set([block.length, this.#outputBlock], at);
    const outputCount = this.#counts + 4;
    module._speex_resampler_process_float(this.#state, 0, this.#input, this.#counts, this.#output, outputCount);
    const [used = 0, made = 0] = module.HEAPU32.subarray(at, at + 2);
    return { used, part: module.HEAPF32.slice(this.#output / 4, this.#output / 4 + made) };
  }
}

class SameRate implements Resampler {
  readonly toHz: number;

  constructor(readonly fromHz: number) {
    this.toHz = fromHz;
  }

  push(pcm: Float32Array): Float32Array {
    return pcm;
  }

  flush(): Float32Array {
    return new Float32Array(0);
  }

  reset(): void {}

  close(): void {}
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
