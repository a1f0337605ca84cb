import { AppError, newId } from '@jiga/contracts';
import type {
  Clock,
  GameKnowledge,
  GameKnowledgeSource,
  TeamMessage,
  VoiceChatConfig,
  VoiceReplyKind,
} from '@jiga/contracts';

import type { ControlAction, Intent } from '../understanding/intent.js';
import { Understanding } from '../understanding/understanding.js';
import { answerQuestion, SAYINGS } from './answers.js';
import { TalkHistory } from './history.js';
import { matchContext } from './match-context.js';
import { MatchMemory } from './match-memory.js';
import { talkWithModel, type ModelTalk } from './model-talk.js';
import { applyControl, DEFAULT_PREFERENCES, type VoicePreferences } from './preferences.js';
import type { Sayings } from './sayings.js';
import type { ConversationEyes, TeamMessenger, VoiceModels } from './voice-ports.js';

/** Who answered when no model did. */
export const LOCAL_SOURCE = 'local';
/** What a team message holds. */
const TEAM_TEXT_MAX = 500;

export interface ConversationDeps {
  readonly clock: Clock;
  /** As they are now. */
  readonly settings: () => VoiceChatConfig;
  readonly models: () => VoiceModels;
  readonly knowledge: GameKnowledgeSource;
  /** The game that the session was created for; null = it is found out. */
  readonly game: string | null;
  readonly messenger: TeamMessenger;
  readonly eyes: ConversationEyes;
}

/** What the player said or typed. */
export interface Said {
  readonly text: string;
  /** Encoded; what the player sees. */
  readonly picture?: Uint8Array | null;
}

/** What there is to say to the player's words. */
export interface Reply {
  readonly id: string;
  readonly kind: VoiceReplyKind;
  readonly intent: Intent | null;
  /** `local`, or `provider:model`. */
  readonly source: string;
  /** False when it says that something is not known, or was not understood. */
  readonly isKnown: boolean;
  /** Sentence by sentence; may be empty. To be read once. */
  readonly sentences: AsyncIterable<string>;
  /** Whether all of it is known already: `sentences` then gives it in one. */
  readonly isWhole: boolean;
  /** What went to the team; complete when the sentences have ended. */
  readonly sent: readonly TeamMessage[];
  readonly control: ControlAction | null;
}

interface Outcome {
  readonly kind: VoiceReplyKind;
  readonly text: string;
  readonly isKnown?: boolean;
  readonly sent?: readonly TeamMessage[];
  readonly control?: ControlAction;
}

/** The talk of one session: what is known of its match, what was said, and what to say next. Its sockets share it. */
export class Conversation {
  readonly memory = new MatchMemory();
  readonly history = new TalkHistory();
  preferences: VoicePreferences = DEFAULT_PREFERENCES;
  #understanding: Understanding | null = null;
  #understandingKey = '';

  constructor(private readonly deps: ConversationDeps) {}

  get say(): Sayings {
    return SAYINGS[this.deps.settings().language];
  }

  /** For the language, the game and the players as they are now. */
  get understanding(): Understanding {
    const { language } = this.deps.settings();
    const { players } = this.memory;
    const knowledge = this.#knowledge();
    const key = JSON.stringify([language, knowledge?.id ?? null, players]);
    if (!this.#understanding || key !== this.#understandingKey) {
      this.#understanding = new Understanding(language, { game: knowledge, players });
      this.#understandingKey = key;
    }
    return this.#understanding;
  }

  /**
   * Answers the player. Orders are sent and controls take effect before this resolves. Rejects only when the signal is
   * aborted: a model or a team that fails is answered in words.
   */
  async reply({ text, picture = null }: Said, signal: AbortSignal): Promise<Reply> {
    const id = newId('response');
    const intent = this.understanding.understand(text);
    const history = this.history.entries;
    this.history.add({ id, role: 'player', text });
    if (intent) return this.#spoken(id, intent, await this.#act(intent));
    const talk = text.trim() === '' ? null : await this.#talk(text, picture, history, signal);
    if (talk === null) {
      return this.#spoken(id, null, { kind: 'not_understood', text: this.say.notUnderstood(), isKnown: false });
    }
    const { source, sentences, sent } = talk;
    return {
      id,
      kind: 'talk',
      intent: null,
      source,
      isKnown: true,
      sentences: this.#noting(id, sentences),
      isWhole: false,
      sent,
      control: null,
    };
  }

  /** Says something to the team for the player. Rejects with AppError `no_team`, `team_messaging_off` or `session_closed`. */
  async tellTeam(text: string, priority: TeamMessage['priority'] = 'info'): Promise<TeamMessage> {
    if (!this.deps.settings().enable_team_messaging) throw new AppError('team_messaging_off');
    return (await this.deps.messenger.send(text.slice(0, TEAM_TEXT_MAX), priority)).message;
  }

  #act(intent: Intent): Promise<Outcome> | Outcome {
    if (intent.kind === 'question') return { kind: 'answer', ...this.#answer(intent.topic) };
    return intent.kind === 'control' ? this.#control(intent.action) : this.#sendToTeam(intent);
  }

  #answer(topic: Extract<Intent, { kind: 'question' }>['topic']): { text: string; isKnown: boolean } {
    const { language } = this.deps.settings();
    const nowMs = this.deps.clock.monotonicMs();
    return answerQuestion(topic, { memory: this.memory, knowledge: this.#knowledge(), language, nowMs });
  }

  #control(action: ControlAction): Outcome {
    const last = this.history.lastAnswer;
    this.preferences = applyControl(action, this.preferences);
    const text = action === 'repeat' ? (last ?? this.say.nothingToRepeat()) : this.say.done(action);
    return { kind: 'control', text, control: action };
  }

  async #sendToTeam({ text, priority }: Extract<Intent, { kind: 'team' }>): Promise<Outcome> {
    const kind = 'team_message';
    if (!this.deps.settings().enable_team_messaging) {
      return { kind, text: this.say.teamMessagingOff(), isKnown: false };
    }
    try {
      const { message, reached } = await this.deps.messenger.send(text, priority);
      return { kind, text: this.say.sent(text, reached), sent: [message] };
    } catch (error) {
      const isAlone = error instanceof AppError && error.code === 'no_team';
      return { kind, text: isAlone ? this.say.noTeam() : this.say.notSent(), isKnown: false };
    }
  }

  /** null when no model answers. */
  async #talk(
    said: string,
    picture: Uint8Array | null,
    history: TalkHistory['entries'],
    signal: AbortSignal,
  ): Promise<ModelTalk | null> {
    const { converse, seesPictures } = this.deps.models();
    if (!converse) return null;
    const sight = seesPictures ? await this.deps.eyes.look(picture) : null;
    signal.throwIfAborted();
    const { language, enable_team_messaging: maySendTeamMessages } = this.deps.settings();
    const state = (): object => matchContext(this.memory, this.#knowledge(), this.deps.clock.monotonicMs());
    const belt = {
      state,
      sendTeamMessage: (text: string, priority: TeamMessage['priority']) => this.tellTeam(text, priority),
      setCallouts: (calloutsFrom: VoicePreferences['calloutsFrom']) => {
        this.preferences = { ...this.preferences, calloutsFrom };
      },
    };
    const { clock } = this.deps;
    try {
      return await talkWithModel(
        { converse, said, sight, history, state: state(), language, maySendTeamMessages, belt, clock },
        signal,
      );
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  #spoken(id: string, intent: Intent | null, { kind, text, isKnown = true, sent = [], control }: Outcome): Reply {
    const sentences = this.#noting(id, text === '' ? [] : [text]);
    return {
      id,
      kind,
      intent,
      source: LOCAL_SOURCE,
      isKnown,
      sentences,
      isWhole: true,
      sent,
      control: control ?? null,
    };
  }

  /** Passes sentences on and notes them as said. */
  async *#noting(id: string, sentences: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string, void, void> {
    for await (const sentence of sentences) {
      this.history.extend(id, sentence);
      yield sentence;
    }
  }

  #knowledge(): GameKnowledge | null {
    const game = this.memory.gameId ?? this.deps.game;
    return game === null ? null : this.deps.knowledge.find(game);
  }
}
