import type { TeamMessage, TeamMessagePriority, VoiceLanguage } from '@jiga/contracts';
import type { ReplyPart, ReplyPicture, ReplyRequest } from '@jiga/providers';

/** What was written down by a model, and which. */
export interface Dictation {
  readonly text: string;
  /** 0–1; null = the model does not say. */
  readonly confidence: number | null;
  /** `provider:model`. */
  readonly source: string;
}

export interface DictationRequest {
  /** 16 kHz mono. */
  readonly pcm: Float32Array;
  readonly language: VoiceLanguage;
  readonly hints: readonly string[];
}

export interface SpokenPart {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/** What the player sees, for a model to look at. */
export interface Sight {
  readonly picture: ReplyPicture;
  /** How long ago it was seen, in seconds. */
  readonly ageS: number;
}

/** The eyes of a conversation: a small picture of what came with the question, else of the newest frame where the session allows it. */
export interface ConversationEyes {
  /** null = there is nothing to show. It never rejects: a picture that cannot be read is none. */
  look(given: Uint8Array | null): Promise<Sight | null>;
}

/**
 * The models behind a session's voice: its fallback chains, already bounded in time. null = the session has no model for
 * that, and what this machine has by itself must do. Calls reject when nobody of the chain serves.
 */
export interface VoiceModels {
  readonly dictate: ((request: DictationRequest, signal: AbortSignal) => Promise<Dictation>) | null;
  readonly converse:
    | ((
        request: ReplyRequest,
        signal: AbortSignal,
      ) => Promise<{
        readonly parts: AsyncIterable<ReplyPart>;
        readonly source: string;
        /** Whether it was asked with the picture of the request. */
        readonly sawPicture: boolean;
      }>)
    | null;
  /** Whether one of them takes a picture with a question. */
  readonly seesPictures: boolean;
  readonly speak:
    | ((
        request: { readonly text: string; readonly language: VoiceLanguage; readonly rate: number },
        signal: AbortSignal,
      ) => Promise<{ readonly parts: AsyncIterable<SpokenPart>; readonly source: string }>)
    | null;
  /** The voice of this machine that the session chose; null = the best for its settings. */
  readonly voice: string | null;
}

/** Sends words to the session's team. Rejects with AppError `no_team` or `session_closed`. */
export interface TeamMessenger {
  send(
    text: string,
    priority: TeamMessagePriority,
  ): Promise<{ readonly message: TeamMessage; readonly reached: number }>;
}
