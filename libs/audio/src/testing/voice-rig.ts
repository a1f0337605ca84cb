import { VOICE_CHAT_DEFAULTS } from '@jiga/contracts';
import type { Callout, Clock, TeamMessage, VoiceChatConfig } from '@jiga/contracts';
import type { ReplyPart } from '@jiga/providers';

import { Conversation } from '../conversation/conversation.js';
import type { VoiceModels } from '../conversation/voice-ports.js';
import { Hearing } from '../hearing/hearing.js';
import { FakeFrontEnd, FakeRecognizer, FakeVoice, fakeEncoder, sound, WINDOW_MS } from './fake-engines.js';
import { encodedSounds, Speaker } from '../channel/speaker.js';
import { VoiceChannel } from '../channel/voice-channel.js';
import type { VoiceEvent, VoiceMeter } from '../channel/voice-events.js';

const SETTINGS: VoiceChatConfig = { ...VOICE_CHAT_DEFAULTS, silence_timeout: 0.6 };
export const NO_MODELS: VoiceModels = { dictate: null, converse: null, seesPictures: false, speak: null, voice: null };
/** A model that answers anything with these parts. */
export const talkingModel = (parts: () => AsyncIterable<ReplyPart>): VoiceModels => ({
  ...NO_MODELS,
  converse: () => Promise.resolve({ source: 'test:model', sawPicture: false, parts: parts() }),
});
export const callout = (text: string, priority: Callout['priority']): Callout =>
  ({ callout_id: text, text, priority }) as Callout;

/** A voice channel with fake engines and a clock that the test moves. */
export class Rig {
  readonly frontEnd = new FakeFrontEnd();
  readonly recognizer = new FakeRecognizer();
  readonly voice = new FakeVoice();
  readonly events: VoiceEvent[] = [];
  readonly sent: string[] = [];
  readonly counted: string[] = [];
  settings: VoiceChatConfig = SETTINGS;
  models: VoiceModels = NO_MODELS;
  readonly conversation: Conversation;
  channel!: VoiceChannel;

  /** @param turn lets everything that is ready run */
  constructor(
    readonly clock: Clock & { advance(ms: number): void; readonly pending: number },
    private readonly turn: () => Promise<void>,
  ) {
    this.conversation = new Conversation({
      clock: this.clock,
      settings: () => this.settings,
      models: () => this.models,
      knowledge: { find: () => null },
      game: null,
      eyes: { look: () => Promise.resolve(null) },
      messenger: {
        send: (text, priority) => {
          this.sent.push(text);
          return Promise.resolve({ message: { text, priority } as TeamMessage, reached: 2 });
        },
      },
    });
  }

  open(settings: Partial<VoiceChatConfig> = {}, role: 'player' | 'stream' = 'player'): this {
    this.settings = { ...SETTINGS, ...settings };
    const models = (): VoiceModels => this.models;
    const meter: VoiceMeter = {
      heard: () => {},
      spoken: () => {},
      utterance: (isAccepted) => this.counted.push(isAccepted ? 'accepted' : 'rejected'),
      interruption: () => this.counted.push('interruption'),
      latency: () => {},
    };
    this.channel = new VoiceChannel({
      clock: this.clock,
      frontEnd: this.frontEnd,
      hearing: new Hearing(this.recognizer, models),
      speaker: new Speaker({
        speech: this.voice,
        encoder: fakeEncoder,
        models,
        settings: () => this.settings,
        preferences: () => this.conversation.preferences,
        encoded: encodedSounds(),
      }),
      conversation: this.conversation,
      settings: () => this.settings,
      emit: (event) => this.events.push(event),
      meter,
      role,
    });
    return this;
  }

  /** Sound in the pace at which it sounds. */
  async hear(ms: number, level = 0): Promise<void> {
    for (let heardMs = 0; heardMs < ms; heardMs += WINDOW_MS) {
      this.channel.push(sound(WINDOW_MS, level));
      await this.turn();
      this.clock.advance(WINDOW_MS);
      await this.turn();
    }
  }

  /** A turn of the player, from its first word to the end of the silence after it. */
  async say(text: string, more: object = {}): Promise<void> {
    this.recognizer.script.splice(0, Infinity, { text, ...more });
    await this.hear(500, 0.9);
    await this.hear(700);
  }

  of<T extends VoiceEvent['type']>(type: T): Extract<VoiceEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<VoiceEvent, { type: T }> => event.type === type);
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  get stream() {
    const [stream] = this.frontEnd.opened;
    if (!stream) throw new Error('nothing was opened');
    return stream;
  }
}
