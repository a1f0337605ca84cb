import type { Callout, TeamMessage } from '@jiga/contracts';
import type { Conversation, Hearing, Speaker } from '@jiga/audio';

import type { VoiceUsage } from './voice-usage.js';

/** A client that listens: what it must be told. */
export interface VoiceListener {
  /** `lifetimeMs`: how long it stays worth saying. */
  pushCallout(callout: Callout, lifetimeMs: number): void;
  pushTeamMessage(message: TeamMessage): void;
  /** The voice settings have changed. */
  onSettings(): void;
}

/** The voice of one session: its conversation, its ears and mouth, and who is connected to it. */
export interface SessionVoice {
  readonly conversation: Conversation;
  readonly hearing: Hearing;
  readonly speaker: Speaker;
  readonly meter: VoiceUsage;
  readonly listeners: Set<VoiceListener>;
}
