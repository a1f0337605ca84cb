import type { RnnoiseModule } from '@echogarden/rnnoise-wasm';

import { SampleQueue } from './sample-queue.js';
import type { NoiseSuppressor, Resampler } from './stages.js';

const RATE_HZ = 48_000;
const FRAME = 480;
/** The module counts in 16-bit samples. */
const SCALE = 32_768;
/** What lies in reserve: the frame that the module waits for, and both resamplers. */
const RESERVE_SAMPLES = 352;
/** The module's own delay of 10 ms. */
const MODULE_SAMPLES = 160;
/** It works on bands alone, so the simplest filter will do, at a third of the cost. */
const QUALITY = 1;

/**
 * RNNoise, a recurrent network over bands: steady noise, at about a quarter of the processor time of GTCRN.
 * @see https://github.com/xiph/rnnoise (BSD-3-Clause)
 */
export async function loadRnnoise(
  resampler: (fromHz: number, toHz: number, quality: number) => Resampler,
): Promise<() => NoiseSuppressor> {
  const { default: load } = await import('@echogarden/rnnoise-wasm');
  const module = await load();
  return () => new Rnnoise(module, resampler(16_000, RATE_HZ, QUALITY), resampler(RATE_HZ, 16_000, QUALITY));
}

class Rnnoise implements NoiseSuppressor {
  readonly id = 'rnnoise';
  readonly latencyMs = (RESERVE_SAMPLES + MODULE_SAMPLES) / 16;
  #state: number;
  readonly #buffer: number;
  readonly #waiting = new SampleQueue();
  readonly #done = new SampleQueue();
  #closed = false;

  constructor(
    private readonly module: RnnoiseModule,
    private readonly up: Resampler,
    private readonly down: Resampler,
  ) {
    this.#state = module._rnnoise_create(0);
    this.#buffer = module._malloc(FRAME * 4);
    this.#done.pushSilence(RESERVE_SAMPLES);
  }

  push(pcm: Float32Array): Float32Array {
    this.#waiting.push(this.up.push(pcm));
    const at = this.#buffer / 4;
    for (let frame = this.#waiting.take(FRAME); frame; frame = this.#waiting.take(FRAME)) {
      this.module.HEAPF32.set(
        frame.map((value) => value * SCALE),
        at,
      );
      this.module._rnnoise_process_frame(this.#state, this.#buffer, this.#buffer);
      const cleaned = this.module.HEAPF32.slice(at, at + FRAME).map((value) => value / SCALE);
      this.#done.push(this.down.push(cleaned));
    }
    // Resamplers give what they have ready: a sample too few now and then is made up for by the reserve at the start.
    return this.#done.take(pcm.length) ?? this.#short(pcm.length);
  }

  reset(): void {
    this.module._rnnoise_destroy(this.#state);
    this.#state = this.module._rnnoise_create(0);
    for (const stage of [this.up, this.down]) stage.reset();
    for (const queue of [this.#waiting, this.#done]) queue.clear();
    this.#done.pushSilence(RESERVE_SAMPLES);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.module._rnnoise_destroy(this.#state);
    this.module._free(this.#buffer);
    for (const stage of [this.up, this.down]) stage.close();
  }

  #short(count: number): Float32Array {
    const out = new Float32Array(count);
    const there = this.#done.take(this.#done.length) ?? new Float32Array(0);
    out.set(there, count - there.length);
    return out;
  }
}
