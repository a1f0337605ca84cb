import type { ModelCall, ModelUsage } from './model-call.js';

/** Text to say. */
export interface SpeechRequest {
  readonly text: string;
  /** A voice of the model; null = its default. */
  readonly voice: string | null;
  /** BCP 47; null = as the text. */
  readonly language: string | null;
  /** 1 = the voice's own pace, 2 = twice as fast. */
  readonly rate: number;
}

/**
 * Speech as it comes: PCM16, one channel, little-endian, whole samples in every chunk. Always samples, never a
 * container: volume, resampling, barge-in and the asked format are the listener's, and one codec at the edge does them.
 * The iterator must be read to its end or returned; breaking off ends the call.
 */
export interface SpokenAudio {
  readonly sampleRateHz: number;
  readonly chunks: AsyncIterable<Int16Array>;
  /** What the model's owner counted; read it after the last chunk. */
  readonly usage: () => ModelUsage;
}

/** Says text aloud. */
export interface SpeechProvider {
  /**
   * Resolves when the first samples are there. Rejects with ProviderError, once; it never tries again by itself. The
   * chunks may still throw a ProviderError.
   */
  speak(request: SpeechRequest, call: ModelCall): Promise<SpokenAudio>;
}
