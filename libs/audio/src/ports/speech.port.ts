import type { AudioPort } from './engine.port.js';

/** As the seed of `VoiceChatConfig` names them. */
export const VOICE_QUALITIES = ['low', 'standard', 'high'] as const;
export type VoiceQuality = (typeof VOICE_QUALITIES)[number];

export interface VoiceInfo {
  /** Unique among all voices of the server. */
  readonly id: string;
  readonly engine: string;
  readonly language: string;
  readonly gender: 'female' | 'male' | null;
  readonly sampleRateHz: number;
}

export interface SpeechRequest {
  /** At most 2,000 characters. */
  readonly text: string;
  /** Default: the best voice for the quality and the language. */
  readonly voice?: string;
  /** ISO 639-1; default `en`. */
  readonly language?: string;
  readonly quality: VoiceQuality;
  /** 1 = as the voice speaks, 2 = twice as fast; 0.5…2. */
  readonly rate?: number;
  /** Of the amplitude: 1 = as the voice speaks; 0…2, limited without clipping. */
  readonly volume?: number;
}

/** One sentence of speech, mono. */
export interface SpeechPiece {
  readonly text: string;
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
  readonly voice: string;
  /** From 0. */
  readonly index: number;
  readonly isLast: boolean;
}

export interface SpeechSynthesizer extends AudioPort {
  voices(): readonly VoiceInfo[];
  /**
   * Speaks sentence by sentence: the first piece comes as soon as it is there, the next is made only when it is asked for.
   * A text without anything to say gives no piece. Errors: `audio_overloaded`, `audio_failed`, the
   * signal's reason, and RangeError for a text that is too long or a voice that is not there.
   */
  synthesise(request: SpeechRequest, signal?: AbortSignal): AsyncIterable<SpeechPiece>;
}
