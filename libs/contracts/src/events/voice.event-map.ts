/** Why JIGA said something. */
export const VOICE_REPLY_KINDS = ['answer', 'team_message', 'control', 'talk', 'not_understood'] as const;
export type VoiceReplyKind = (typeof VOICE_REPLY_KINDS)[number];

/** Facts about what is said. `at` is Unix seconds. */
export interface VoiceEvents {
  /** Somebody has spoken, and this was heard. */
  'voice.transcript': {
    readonly sessionId: string;
    readonly at: number;
    readonly utteranceId: string;
    /** `player`, or `stream` for the commentary of a broadcast. */
    readonly role: 'player' | 'stream';
    readonly text: string;
    readonly isAccepted: boolean;
    readonly confidence: number | null;
    /** `commands`, or `provider:model`. */
    readonly source: string;
  };
  /** JIGA has answered the player. */
  'voice.response': {
    readonly sessionId: string;
    readonly at: number;
    readonly responseId: string;
    /** null when the player typed. */
    readonly utteranceId: string | null;
    readonly kind: VoiceReplyKind;
    readonly text: string;
    /** False when it says that something is not known. */
    readonly isKnown: boolean;
    /** `local`, or `provider:model`. */
    readonly source: string;
  };
}
