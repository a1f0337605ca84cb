import type { AudioPort } from './engine.port.js';

/** What commands can be spoken in without anything installed. */
export const COMMAND_LANGUAGES = ['en', 'fr'] as const;
export type CommandLanguage = (typeof COMMAND_LANGUAGES)[number];

/** A word that leads from one state to another. */
export type WordArc = readonly [from: number, to: number, word: string];

/** What may be said: the words along any way from the start to an end. */
export interface WordGraph {
  /** Their number; they are named by the numbers from 0. */
  readonly states: number;
  readonly start: number;
  readonly ends: readonly number[];
  /** Words in lower case; at most 50,000. */
  readonly arcs: readonly WordArc[];
}

/** Everything that may be said, for the recogniser. */
export interface SpokenGrammar {
  /** Names exactly this graph: the thread keeps prepared grammars by it. */
  readonly id: string;
  readonly language: CommandLanguage;
  readonly graph: WordGraph;
  /** Every word of the grammar. Words that the dictionary lacks get a pronunciation by spelling rules. */
  readonly words: readonly string[];
  /** ARPAbet (English) or the French model's phones, separated by blanks, where spelling misleads: names, game words. */
  readonly pronunciations?: Readonly<Record<string, string>>;
}

export interface RecognisedWord {
  readonly text: string;
  /** From the start of the sound given. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface SpokenCommand {
  readonly text: string;
  readonly words: readonly RecognisedWord[];
  /** Probability that the whole of it is right, by a model fitted to measurements. */
  readonly confidence: number;
  /** Part of the voiced sound that the words cover, 0–1: low when more was said than was understood. */
  readonly coverage: number;
  /** Whether that is enough; a command that is not accepted must not be acted upon. */
  readonly accepted: boolean;
}

export interface RecogniseOptions {
  readonly signal?: AbortSignal;
  /** Told how long the utterance waited for others before it; milliseconds. */
  readonly onWaited?: ((ms: number) => void) | undefined;
}

/** Understands what a grammar allows; nothing else. */
export interface CommandRecognizer extends AudioPort {
  /**
   * One utterance of 16 kHz mono, at most 30 s. Null: nothing of the grammar was heard. It may be called on an utterance
   * that still goes on for a partial result, and during the silence at its end so that the result is there when it ends.
   * Errors: `audio_too_long`, `audio_overloaded` (it would wait longer than an answer is worth), `audio_failed`, the signal's
   * reason, and RangeError for a grammar that is too large or has a word that cannot be said.
   */
  recognise(pcm: Float32Array, grammar: SpokenGrammar, options?: RecogniseOptions): Promise<SpokenCommand | null>;
  /** Readies a grammar, so that the first utterance does not wait for it. Errors as above. */
  prepare(grammar: SpokenGrammar, signal?: AbortSignal): Promise<void>;
}

/** Free dictation, where a model for it is installed. */
export interface SpeechTranscriber extends AudioPort {
  /**
   * 16 kHz mono, at most 30 s. Errors: `capability_unavailable` saying how to turn it on, and those of recognition.
   * An empty text: nothing was said.
   */
  transcribe(
    pcm: Float32Array,
    options?: { readonly language?: string; readonly signal?: AbortSignal },
  ): Promise<Transcript>;
}

export interface Transcript {
  readonly text: string;
  /** As the model tells it (ISO 639-1), or as asked; null = not known. */
  readonly language: string | null;
}
