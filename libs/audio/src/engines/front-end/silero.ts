import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import type { VoiceActivityDetector } from './stages.js';

const WINDOW = 512;
/** Samples of the window before that the model sees again. */
const CONTEXT = 64;
const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 256;

/** It lies beside the sources, also for the build in dist/. */
const modelPath = (): string =>
  fileURLToPath(new URL('../../../models/silero_vad_v5.onnx', import.meta.url.replace('/dist/libs/', '/libs/')));

/**
 * Silero VAD 5, one model for all streams: each stream's state lies outside of it. About 5 ms of processor time per second.
 * It runs on the ONNX Runtime that vision has anyway, which gives its probability where wrappers give a verdict.
 * @see https://github.com/snakers4/silero-vad (MIT)
 */
export async function loadSilero(): Promise<() => VoiceActivityDetector> {
  const session = await InferenceSession.create(modelPath(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const rate = new Tensor('int64', BigInt64Array.of(16_000n), []);
  return () => new Silero(session, rate);
}

class Silero implements VoiceActivityDetector {
  readonly id = 'silero';
  readonly #input = new Float32Array(CONTEXT + WINDOW);
  #state = new Float32Array(STATE_SIZE);

  constructor(
    private readonly session: InferenceSession,
    private readonly rate: Tensor,
  ) {}

  async detect(window: Float32Array): Promise<number> {
    this.#input.copyWithin(0, WINDOW);
    this.#input.set(window, CONTEXT);
    const { output, stateN } = await this.session.run({
      input: new Tensor('float32', this.#input, [1, CONTEXT + WINDOW]),
      state: new Tensor('float32', this.#state, STATE_SHAPE),
      sr: this.rate,
    });
    if (!output || !stateN) throw new Error('The voice detector gave no answer');
    this.#state.set(stateN.data as Float32Array);
    return (output.data as Float32Array)[0] ?? 0;
  }

  reset(): void {
    this.#input.fill(0);
    this.#state = new Float32Array(STATE_SIZE);
  }

  close(): void {}
}
