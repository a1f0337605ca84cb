/**
 * The stages of a stream as they work inside the worker thread: each with its own state,
 * one object per stream. Nothing outside the engines uses them; see `VoiceFrontEnd` for the way in.
 */

/** Stateful change of the rate of mono sound. */
export interface Resampler {
  readonly fromHz: number;
  readonly toHz: number;
  /** Any number of samples in; out what can be given so far. */
  push(pcm: Float32Array): Float32Array;
  /** The rest, at the end of the sound. The resampler begins anew. */
  flush(): Float32Array;
  reset(): void;
  close(): void;
}

/** Takes noise away from 16 kHz mono. */
export interface NoiseSuppressor {
  readonly id: string;
  /** How far the output lags behind the input. */
  readonly latencyMs: number;
  /** As many samples out as in, delayed by the latency; the first are silence. */
  push(pcm: Float32Array): Float32Array;
  reset(): void;
  close(): void;
}

/** Takes what is played out of what is heard: 16 kHz mono in frames of exactly 160 samples (10 ms). */
export interface EchoCanceller {
  readonly id: string;
  readonly latencyMs: number;
  /** What is played during the capture frame that follows. */
  processRender(frame: Float32Array): void;
  /** In place. */
  processCapture(frame: Float32Array): void;
  reset(): void;
  close(): void;
}

/** Tells how likely it is that somebody speaks. */
export interface VoiceActivityDetector {
  readonly id: string;
  /** For 512 samples of 16 kHz mono (32 ms): 0–1. Windows must come in order, one at a time. */
  detect(window: Float32Array): Promise<number>;
  reset(): void;
  close(): void;
}
