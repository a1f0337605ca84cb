import type { AppError, Callout, VoiceReplyKind } from '@jiga/contracts';

import type { RejectReason } from '../hearing/hearing.js';
import type { TurnEndReason } from '../turns/turn-detector.js';

/** Sound on its way to a client. */
export interface EncodedSpeech {
  readonly bytes: Uint8Array;
  readonly format: 'wav' | 'mp3';
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly durationMs: number;
}

/** A piece of an answer or callout. Without sound: text was asked for, or `silentBecause` says why there is none. */
export interface SpeechPieceEvent {
  readonly responseId: string;
  /** From 0. */
  readonly sequence: number;
  readonly isLast: boolean;
  readonly text: string;
  readonly speech: EncodedSpeech | null;
  readonly silentBecause: string | null;
}

/** Why what is played must stop. */
export type InterruptReason = 'speech' | 'client' | 'superseded' | 'urgent_callout';

/**
 * What happens on a voice channel, in order. Times with `AtMs` count the sound of the stream; `echo` is what the client's
 * message, if one brought it about, wants to see again.
 */
export type VoiceEvent =
  | { readonly type: 'speech_started'; readonly utteranceId: string; readonly atMs: number }
  | {
      readonly type: 'speech_stopped';
      readonly utteranceId: string;
      readonly atMs: number;
      readonly durationMs: number;
      readonly reason: TurnEndReason | 'too_short' | 'no_speech';
      readonly echo: object;
    }
  | {
      readonly type: 'transcript';
      readonly utteranceId: string;
      readonly isFinal: boolean;
      readonly text: string;
      readonly isAccepted: boolean;
      readonly reason: RejectReason | null;
      readonly confidence: number | null;
      readonly coverage: number | null;
      readonly source: string;
      readonly echo: object;
    }
  | ({
      readonly type: 'voice_response';
      /** null for an answer to typed text. */
      readonly utteranceId: string | null;
      readonly kind: VoiceReplyKind;
      readonly source: string;
      readonly isKnown: boolean;
      readonly echo: object;
    } & SpeechPieceEvent)
  | ({ readonly type: 'callout'; readonly callout: Callout } & SpeechPieceEvent)
  | {
      readonly type: 'interrupted';
      /** null when the client interrupts and nothing is being said. */
      readonly responseId: string | null;
      readonly playedMs: number;
      readonly reason: InterruptReason;
      /** The rest may still be asked for by `resumed`: keep it. */
      readonly isResumable: boolean;
      readonly echo: object;
    }
  /** It was no interruption after all: play on. */
  | { readonly type: 'resumed'; readonly responseId: string; readonly fromMs: number }
  /** An answer has been given whole, or as far as it was not stopped. For the timeline, not for the client. */
  | {
      readonly type: 'answered';
      readonly responseId: string;
      readonly utteranceId: string | null;
      readonly kind: VoiceReplyKind;
      readonly source: string;
      readonly isKnown: boolean;
      readonly text: string;
    }
  | { readonly type: 'failed'; readonly error: AppError; readonly echo: object };

/** Counts what a voice does. */
export interface VoiceMeter {
  heard(seconds: number): void;
  /** `source`: `provider:model` of the voice. */
  spoken(seconds: number, source: string): void;
  /** A turn of the player was understood, or not. */
  utterance(isAccepted: boolean): void;
  interruption(): void;
  /** Milliseconds of a stage. */
  latency(stage: string, ms: number): void;
}
