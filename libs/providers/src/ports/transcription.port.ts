import type { ModelCall, ModelUsage } from './model-call.js';

/** Speech to write down. */
export interface TranscriptionRequest {
  /** PCM16, one channel. */
  readonly samples: Int16Array;
  readonly sampleRateHz: number;
  /** BCP 47, such as `en` or `fr-CA`; null = find out. */
  readonly language: string | null;
  /** Words that are likely: names of places, weapons, players. A port that cannot use them leaves them. */
  readonly hints: readonly string[];
}

export interface TranscribedWord {
  readonly text: string;
  /** Seconds from the start of the sound. */
  readonly startS: number;
  readonly endS: number;
  /** 0–1; null = the model does not say. */
  readonly confidence: number | null;
}

export interface Transcript {
  /** Empty when nothing was said. */
  readonly text: string;
  /** As the model found it; null = it does not say. */
  readonly language: string | null;
  /** Null = the model does not give words one by one. */
  readonly words: readonly TranscribedWord[] | null;
  /** Of the whole, 0–1; null = the model does not say. */
  readonly confidence: number | null;
  /** Length of the sound that was heard. */
  readonly seconds: number;
  readonly usage: ModelUsage;
}

/** Writes speech down. */
export interface TranscriptionProvider {
  /** Rejects with ProviderError, once; it never tries again by itself. */
  transcribe(request: TranscriptionRequest, call: ModelCall): Promise<Transcript>;
}
