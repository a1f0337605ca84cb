import { Inject, Injectable } from '@nestjs/common';

import { AUDIO_ENGINES, Conversation, encodedSounds, Hearing, Speaker } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { CLOCK, GAME_KNOWLEDGE } from '@jiga/contracts';
import type { Callout, Clock, DomainEvents, GameKnowledgeSource, VoiceChatConfig } from '@jiga/contracts';
import { OnDomainEvent } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';
import type { LiveSession } from '@jiga/sessions';

import { TeamMessages } from '../team-messages/team-messages.service.js';
import { SessionModels } from './session-models.js';
import type { SessionVoice } from './session-voice.js';

const AUTO_GAME = 'auto';
/** A message of a teammate is worth saying for so long. */
const TEAM_MESSAGE_LIFETIME_MS = 10_000;

/** The voices of the live sessions. Each follows its match from the bus, whether anybody talks to it yet or not. */
@Injectable()
export class SessionVoices {
  readonly #voices = new WeakMap<LiveSession, SessionVoice>();
  readonly #encoded = encodedSounds();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(TeamMessages) private readonly team: TeamMessages,
    @Inject(AUDIO_ENGINES) private readonly engines: AudioEngines,
    @Inject(GAME_KNOWLEDGE) private readonly knowledge: GameKnowledgeSource,
    @Inject(SessionModels) private readonly models: SessionModels,
  ) {}

  of(session: LiveSession): SessionVoice {
    const known = this.#voices.get(session) ?? this.#create(session);
    this.#voices.set(session, known);
    return known;
  }

  @OnDomainEvent('vision.frame_analysed')
  onResult({ sessionId, result }: DomainEvents['vision.frame_analysed']): void {
    this.#find(sessionId)?.conversation.memory.observe(result, this.clock.monotonicMs());
  }

  @OnDomainEvent('vision.game_event')
  onGameEvent({ sessionId, event }: DomainEvents['vision.game_event']): void {
    this.#find(sessionId)?.conversation.memory.noteEvent(event, this.clock.monotonicMs());
  }

  @OnDomainEvent('vision.callout')
  onCallout({ sessionId, callout }: DomainEvents['vision.callout']): void {
    // By the sender's own clock, which may differ from ours: only the span between the two stamps means anything.
    const lifetimeMs = (callout.expires_at - callout.timestamp) * 1000;
    for (const listener of this.#listeners(sessionId)) listener.pushCallout(callout, lifetimeMs);
  }

  @OnDomainEvent('team.message')
  onTeamMessage({ sessionId, message }: DomainEvents['team.message']): void {
    for (const listener of this.#listeners(sessionId)) {
      listener.pushTeamMessage(message);
      if (message.from_session_id === sessionId) continue;
      listener.pushCallout(asCallout(message), TEAM_MESSAGE_LIFETIME_MS);
    }
  }

  @OnDomainEvent('session.configuration_changed')
  onConfigurationChanged({ sessionId, setting }: DomainEvents['session.configuration_changed']): void {
    if (setting === 'skills') return;
    for (const listener of this.#listeners(sessionId)) listener.onSettings();
  }

  #find(sessionId: string): SessionVoice | null {
    const session = this.sessions.peek(sessionId);
    return session && !session.signal.aborted ? this.of(session) : null;
  }

  #listeners(sessionId: string): Iterable<SessionVoice['listeners'] extends Set<infer L> ? L : never> {
    const session = this.sessions.peek(sessionId);
    return (session && this.#voices.get(session)?.listeners) ?? [];
  }

  #create(session: LiveSession): SessionVoice {
    const settings = (): VoiceChatConfig => session.configuration.voice_chat_config;
    const models = () => this.models.of(session);
    const { game } = session.configuration;
    const conversation = new Conversation({
      clock: this.clock,
      settings,
      models,
      knowledge: this.knowledge,
      game: game === AUTO_GAME ? null : game,
      eyes: this.models.eyesOf(session),
      messenger: { send: (text, priority) => this.team.sendFrom(session, text, priority) },
    });
    const { speech, encoder, commands } = this.engines;
    return {
      conversation,
      hearing: new Hearing(commands, models),
      speaker: new Speaker({
        speech,
        encoder,
        models,
        settings,
        preferences: () => conversation.preferences,
        encoded: this.#encoded,
      }),
      meter: this.models.meterOf(session),
      listeners: new Set(),
    };
  }
}

/** A teammate's words, to be spoken as a callout is. */
function asCallout(message: DomainEvents['team.message']['message']): Callout {
  const { message_id, from_user_id, text, priority, created_at } = message;
  return {
    callout_id: message_id,
    text: `${from_user_id}: ${text}`,
    priority,
    category: 'team_message',
    timestamp: created_at,
    expires_at: created_at + TEAM_MESSAGE_LIFETIME_MS / 1000,
    reason: 'A member of the team said it.',
  };
}
