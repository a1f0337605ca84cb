import { AppError, newId, toAppError } from '@jiga/contracts';
import type { Callout, CancelTimer, Clock, VoiceChatConfig } from '@jiga/contracts';

import { CalloutQueue } from '../callouts/callout-queue.js';
import type { Conversation, Reply } from '../conversation/conversation.js';
import type { Heard, Hearing } from '../hearing/hearing.js';
import type { HeardSound, VoiceFrontEnd } from '../ports/front-end.port.js';
import { BargeIn } from '../turns/barge-in.js';
import { TurnDetector, type PlayerTurn, type TurnEvent } from '../turns/turn-detector.js';
import { Mouth, type ReplyContext } from './mouth.js';
import { SoundIntake, type SoundFormat } from './sound-intake.js';
import type { Speaker } from './speaker.js';
import { TurnEars } from './turn-ears.js';
import { TurnQueue } from './turn-queue.js';
import type { VoiceEvent, VoiceMeter } from './voice-events.js';

export interface VoiceChannelDeps {
  readonly clock: Clock;
  readonly frontEnd: VoiceFrontEnd;
  readonly hearing: Hearing;
  readonly speaker: Speaker;
  readonly conversation: Conversation;
  /** As they are now. */
  readonly settings: () => VoiceChatConfig;
  readonly emit: (event: VoiceEvent) => void;
  readonly meter: VoiceMeter;
  /** `stream`: the sound of a broadcast. It is written down where a model can; nobody is answered. */
  readonly role: 'player' | 'stream';
}

type SpeechStopped = Extract<VoiceEvent, { type: 'speech_stopped' }>;

const TICK_MS = 100;
/** What answers carry that no message of the client asked for: it spoke, and was silent. */
const UNASKED: object = Object.freeze({});

/**
 * The voice of one client: hears it, decides whose turn it is, and answers. It knows no socket: sound goes in, events
 * come out. Several clients of a session share the conversation.
 */
export class VoiceChannel {
  readonly #intake: SoundIntake;
  readonly #turns: TurnDetector;
  readonly #bargeIn = new BargeIn();
  readonly #ears: TurnEars;
  readonly #mouth: Mouth;
  readonly #callouts = new CalloutQueue();
  readonly #queue = new TurnQueue((error, echo) => this.#fail(error, echo));
  readonly #abort = new AbortController();
  /** The echoes of what was asked for and is not answered to its end. */
  readonly #open = new Map<Promise<unknown>, object>();
  readonly #stopTicking: CancelTimer;
  #utteranceId = '';

  constructor(private readonly deps: VoiceChannelDeps) {
    const { clock, frontEnd, hearing, speaker, settings, emit, meter, conversation, role } = deps;
    const { signal } = this.#abort;
    this.#intake = new SoundIntake({
      clock,
      frontEnd,
      settings,
      mayEcho: role === 'player',
      onHeard: (heard) => this.#onHeard(heard),
      onFailed: (error) => this.#fail(error),
    });
    this.#turns = new TurnDetector(settings());
    this.#ears = new TurnEars({ clock, hearing, conversation, meter, role, signal });
    this.#mouth = new Mouth({
      clock,
      speaker,
      settings,
      emit,
      meter,
      onPlay: (pcm, sampleRateHz) => this.#intake.play(pcm, sampleRateHz),
      onSilence: () => this.#intake.stopPlaying(),
      onCut: (responseId, heardText) => conversation.history.trim(responseId, heardText),
    });
    this.#stopTicking = clock.every(TICK_MS, () => this.#tick());
  }

  get isPlayerSpeaking(): boolean {
    return this.#turns.isOpen;
  }

  /** Id of what JIGA is saying to this client; null when nothing. */
  get speaking(): string | null {
    return this.#mouth.speaking;
  }

  /** Takes sound, interleaved when it has two channels. Throws AppError `audio_overloaded` when too much waits. */
  push(pcm: Float32Array, format: SoundFormat = this.#intake.format): void {
    if (!this.#wantsSound) return;
    const seconds = this.#intake.push(pcm, format);
    if (seconds > 0) this.deps.meter.heard(seconds);
  }

  /** The settings of the session have changed, or the client has told of its sound. */
  configure(format: SoundFormat = this.#intake.format): void {
    this.#turns.configure(this.deps.settings());
    this.#intake.configure(format);
    this.#ears.prepare();
  }

  /**
   * The player's turn is over, once the sound sent so far has been heard; what comes of it carries `echo`. Throws AppError
   * `audio_overloaded` when too many of these wait.
   */
  commit(echo: object = {}): void {
    this.#track(
      this.#intake.commit(() => this.#onTurnEvents(this.#turns.commit(), echo)),
      echo,
    );
  }

  /** What JIGA says ends now. `playedMs`: what the client had played of it, where it knows. */
  interrupt(playedMs: number | null, echo: object = {}): void {
    const speaking = this.#mouth.speaking;
    if (playedMs !== null && speaking !== null) this.#mouth.report(speaking, playedMs);
    if (this.#mouth.stop('client', echo)) return;
    const nothing = { responseId: null, playedMs: 0, isResumable: false } as const;
    this.deps.emit({ type: 'interrupted', ...nothing, reason: 'client', echo });
  }

  reportPlayed(responseId: string, playedMs: number): void {
    this.#mouth.report(responseId, playedMs);
  }

  /** Typed words: as if they had been said and understood. */
  say(text: string, echo: object): void {
    this.#enqueue(() => {
      const askedAtMs = this.deps.clock.monotonicMs();
      return this.#answer(text, { utteranceId: null, echo, askedAtMs });
    }, echo);
  }

  /** Speaks a callout when the floor allows it. `lifetimeMs` is how long it stays worth saying. */
  offerCallout(callout: Callout, lifetimeMs: number): void {
    if (this.deps.role === 'stream') return;
    const { calloutsFrom } = this.deps.conversation.preferences;
    this.#callouts.offer(callout, calloutsFrom, lifetimeMs, this.deps.clock.monotonicMs());
    this.#speakCallouts();
  }

  /** Ends the channel. What was asked for and is under way fails, with `why` if that is to be told. May be called twice. */
  close(why: AppError | null = null): void {
    // What is understood and said is here for both.
    const echoes = new Set(this.#open.values());
    this.#open.clear();
    if (why) for (const echo of echoes) this.deps.emit({ type: 'failed', error: why, echo });
    this.#stopTicking();
    this.#abort.abort(new AppError('session_closed'));
    this.#ears.forgetAhead();
    this.#mouth.close();
    this.#callouts.clear();
    this.#intake.close();
  }

  /** A broadcast is only listened to where somebody can write it down. */
  get #wantsSound(): boolean {
    return this.deps.role === 'player' || this.deps.hearing.canDictate;
  }

  #onHeard({ frames, voicing }: HeardSound): void {
    const { auto_voice_activation: isListening, voice_activation_threshold: threshold } = this.deps.settings();
    for (const probability of isListening ? voicing : []) {
      const floor = { isSounding: this.#mouth.isSounding, isPlayersTurn: this.#turns.isOpen, threshold };
      const change = this.#bargeIn.sense(probability, floor);
      if (change === 'pause') this.#mouth.pause();
      if (change === 'resume') this.#mouth.resume();
    }
    for (const frame of frames) this.#onTurnEvents(this.#turns.push(frame, this.#mouth.speaking !== null));
  }

  #onTurnEvents(events: readonly TurnEvent[], echo = UNASKED): void {
    for (const event of events) this.#onTurnEvent(event, echo);
  }

  #onTurnEvent(event: TurnEvent, echo: object): void {
    const { emit } = this.deps;
    switch (event.type) {
      case 'speech_started':
        this.#utteranceId = newId('utterance');
        emit({ type: 'speech_started', utteranceId: this.#utteranceId, atMs: event.atMs });
        return void this.#mouth.pause();
      case 'paused':
        return this.#hearAhead(event.pcm);
      case 'resumed':
        return this.#ears.forgetAhead();
      case 'turn_discarded':
        this.#ears.forgetAhead();
        this.#told({ atMs: event.atMs, durationMs: 0, reason: event.reason, echo });
        return this.#mouth.resume();
      case 'turn_ended':
        return this.#onTurn(event.turn, echo);
    }
  }

  #told(end: Omit<SpeechStopped, 'type' | 'utteranceId'>): void {
    const utteranceId = this.#utteranceId || newId('utterance');
    this.deps.emit({ type: 'speech_stopped', utteranceId, ...end });
    this.#utteranceId = '';
  }

  #hearAhead(pcm: Float32Array): void {
    const utteranceId = this.#utteranceId;
    this.#ears.hearAhead(pcm, (heard) => this.#tellHeard(utteranceId, heard, { isFinal: false, echo: {} }));
  }

  #onTurn({ pcm, startMs, endMs, reason }: PlayerTurn, echo: object): void {
    const context = { utteranceId: this.#utteranceId, echo, askedAtMs: this.deps.clock.monotonicMs() };
    const hear = this.#ears.take(pcm);
    this.#told({ atMs: endMs, durationMs: endMs - startMs, reason, echo });
    this.#enqueue(() => this.#understand(hear, context), echo);
  }

  async #understand(
    hear: () => Promise<Heard>,
    context: ReplyContext & { readonly utteranceId: string },
  ): Promise<void> {
    let heard: Heard;
    try {
      heard = await hear();
    } catch (error) {
      this.#mouth.resume();
      throw error;
    }
    this.deps.meter.utterance(heard.isAccepted);
    this.#tellHeard(context.utteranceId, heard, { isFinal: true, echo: context.echo });
    if (this.deps.role === 'stream') return;
    // What was not understood was no interruption either: others talk, a dog barks.
    if (!heard.isAccepted) return this.#turns.isOpen ? undefined : this.#mouth.resume();
    await this.#answer(heard.text, context);
  }

  /** Resolves when the answer is on its way, or the player speaks again: what they say must not wait for it. */
  async #answer(text: string, context: ReplyContext): Promise<void> {
    const reply = await this.deps.conversation.reply({ text }, this.#abort.signal);
    this.#mouth.stop('superseded');
    if (this.#turns.isOpen) this.#mouth.pause();
    if (reply.control === 'mute') this.#callouts.clear();
    const saying = this.#mouth
      .answer(reply, context)
      .then((said) => this.#tellTeam(reply, said))
      .catch((error: unknown) => this.#fail(error, context.echo));
    this.#track(saying, context.echo);
    await Promise.race([saying, this.#mouth.silenced]);
  }

  /** With `response_type` `team_message` an answer goes to the team. */
  async #tellTeam({ kind }: Reply, said: string): Promise<void> {
    const isForTeam = this.deps.settings().response_type === 'team_message' && (kind === 'answer' || kind === 'talk');
    if (isForTeam && said !== '') await this.deps.conversation.tellTeam(said);
  }

  #enqueue(task: () => Promise<void>, echo: object): void {
    this.#track(this.#queue.add(task, echo), echo);
  }

  /** @param work never rejects */
  #track(work: Promise<void>, echo: object): void {
    if (echo === UNASKED || this.#abort.signal.aborted) return;
    this.#open.set(work, echo);
    void work.then(() => this.#open.delete(work));
  }

  #tellHeard(utteranceId: string, heard: Heard, told: { readonly isFinal: boolean; readonly echo: object }): void {
    this.deps.emit({ type: 'transcript', utteranceId, ...heard, ...told });
  }

  #tick(): void {
    if (this.#turns.isOpen && this.#intake.silentMs >= this.deps.settings().silence_timeout * 1000) {
      this.#onTurnEvents(this.#turns.stall());
    }
    this.#speakCallouts();
  }

  #speakCallouts(): void {
    const nowMs = this.deps.clock.monotonicMs();
    const isPlayerSpeaking = this.#turns.isOpen;
    const isAnswering = !this.#queue.isEmpty;
    if (this.#callouts.hasUrgent(nowMs) && !isAnswering && this.#mouth.speaking !== null) {
      this.#mouth.stop('urgent_callout');
    }
    const isBusy = isAnswering || this.#mouth.isBusy;
    const callout = this.#callouts.take({ isPlayerSpeaking, isBusy }, nowMs);
    if (!callout) return;
    // Over the player's own speech only what is urgent is taken, and that must not wait for them to end.
    this.#mouth.resume();
    this.#mouth.callOut(callout).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown, echo: object = {}): void {
    if (this.#abort.signal.aborted) return;
    this.deps.emit({ type: 'failed', error: toAppError(error), echo });
  }
}
