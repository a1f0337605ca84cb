import { AppError, newId, toAppError } from '@jiga/contracts';
import type { Callout, CancelTimer, Clock, VoiceChatConfig } from '@jiga/contracts';

import { CalloutQueue } from '../callouts/callout-queue.js';
import type { Conversation, Reply } from '../conversation/conversation.js';
import type { Heard, Hearing } from '../hearing/hearing.js';
import type { FrontEndSettings, FrontEndStream, VoiceFrontEnd } from '../ports/front-end.port.js';
import { TurnDetector, type PlayerTurn, type TurnEvent } from '../turns/turn-detector.js';
import { Mouth } from './mouth.js';
import type { Speaker } from './speaker.js';
import type { VoiceEvent, VoiceMeter } from './voice-events.js';

/** What a client's sound is. */
export interface SoundFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

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

/** Sound that waits to be heard; beyond, it is refused. */
const BACKLOG_MAX_S = 10;
/** Turns that wait to be understood. */
const TURNS_MAX = 4;
const TICK_MS = 100;

/** A recognition that began in the silence at the end of a turn. */
interface HeardAhead {
  readonly heard: Promise<Heard>;
  readonly abort: AbortController;
}

/**
 * The voice of one client: hears it, decides whose turn it is, and answers. It knows no socket: sound goes in, events
 * come out. Several clients of a session share the conversation.
 */
export class VoiceChannel {
  readonly #stream: FrontEndStream;
  readonly #turns: TurnDetector;
  readonly #mouth: Mouth;
  readonly #callouts = new CalloutQueue();
  readonly #abort = new AbortController();
  readonly #stopTicking: CancelTimer;
  #format: SoundFormat = { sampleRateHz: 16_000, channels: 1 };
  #backlogS = 0;
  #pushedAtMs = 0;
  #utteranceId = '';
  #ahead: HeardAhead | null = null;
  #turnsWaiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly deps: VoiceChannelDeps) {
    const { clock, speaker, settings, emit, meter, conversation } = deps;
    this.#stream = deps.frontEnd.open(this.#frontEndSettings());
    this.#turns = new TurnDetector(settings());
    this.#mouth = new Mouth({
      clock,
      speaker,
      settings,
      emit,
      meter,
      onPlay: (pcm, sampleRateHz) => this.#stream.play(pcm, sampleRateHz),
      onSilence: () => this.#stream.stopPlaying(),
      onCut: (responseId, heardText) => conversation.history.trim(responseId, heardText),
    });
    this.#stopTicking = clock.every(TICK_MS, () => this.#tick());
    if (deps.role === 'player') deps.hearing.prepare(conversation.understanding, this.#abort.signal);
  }

  get isPlayerSpeaking(): boolean {
    return this.#turns.isOpen;
  }

  /** Id of what JIGA is saying to this client; null when nothing. */
  get speaking(): string | null {
    return this.#mouth.speaking;
  }

  /** Takes sound, interleaved when it has two channels. Throws AppError `audio_overloaded` when too much waits. */
  push(pcm: Float32Array, format: SoundFormat = this.#format): void {
    const seconds = pcm.length / format.channels / format.sampleRateHz;
    if (this.#backlogS + seconds > BACKLOG_MAX_S) {
      throw new AppError('audio_overloaded', 'Sound comes faster than it can be heard; what came now was left out.');
    }
    if (!this.#wantsSound || seconds === 0) return;
    if (format.sampleRateHz !== this.#format.sampleRateHz || format.channels !== this.#format.channels) {
      this.#format = format;
      this.#stream.configure(this.#frontEndSettings());
    }
    this.#backlogS += seconds;
    this.#pushedAtMs = this.deps.clock.monotonicMs();
    this.deps.meter.heard(seconds);
    this.#listen(pcm)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => (this.#backlogS -= seconds));
  }

  /** The settings of the session have changed, or the client has told of its sound. */
  configure(format: SoundFormat = this.#format): void {
    this.#format = format;
    this.#turns.configure(this.deps.settings());
    this.#stream.configure(this.#frontEndSettings());
    if (this.deps.role === 'player')
      this.deps.hearing.prepare(this.deps.conversation.understanding, this.#abort.signal);
  }

  /** The player's turn is over, once the sound sent so far has been heard. */
  commit(): void {
    this.#listen(new Float32Array(0))
      .then(() => this.#onTurnEvents(this.#turns.commit()))
      .catch((error: unknown) => this.#fail(error));
  }

  /** What JIGA says ends now. `playedMs`: what the client had played of it, where it knows. */
  interrupt(playedMs: number | null): void {
    const speaking = this.#mouth.speaking;
    if (playedMs !== null && speaking !== null) this.#mouth.report(speaking, playedMs);
    this.#mouth.stop('client');
  }

  reportPlayed(responseId: string, playedMs: number): void {
    this.#mouth.report(responseId, playedMs);
  }

  /** Typed words: as if they had been said and understood. */
  say(text: string, echo: object): void {
    this.#enqueue(() => this.#answer(text, null, echo, this.deps.clock.monotonicMs()), echo);
  }

  /** Speaks a callout when the floor allows it. `lifetimeMs` is how long it stays worth saying. */
  offerCallout(callout: Callout, lifetimeMs: number): void {
    if (this.deps.role === 'stream') return;
    const { calloutsFrom } = this.deps.conversation.preferences;
    this.#callouts.offer(callout, calloutsFrom, lifetimeMs, this.deps.clock.monotonicMs());
    this.#speakCallouts();
  }

  /** Ends the channel and what it was doing. May be called twice. */
  close(): void {
    this.#stopTicking();
    this.#abort.abort(new AppError('session_closed'));
    this.#ahead?.abort.abort();
    this.#mouth.close();
    this.#callouts.clear();
    this.#stream.close();
  }

  /** A broadcast is only listened to where somebody can write it down. */
  get #wantsSound(): boolean {
    return this.deps.role === 'player' || this.deps.hearing.canDictate;
  }

  #frontEndSettings(): FrontEndSettings {
    const { enable_noise_suppression, enable_echo_cancellation } = this.deps.settings();
    return {
      ...this.#format,
      noiseSuppression: enable_noise_suppression ? 'full' : 'off',
      echoCancellation: enable_echo_cancellation && this.deps.role === 'player',
    };
  }

  async #listen(pcm: Float32Array): Promise<void> {
    for (const window of await this.#stream.push(pcm, this.#abort.signal)) {
      this.#onTurnEvents(this.#turns.push(window, this.#mouth.speaking !== null));
    }
  }

  #onTurnEvents(events: readonly TurnEvent[]): void {
    for (const event of events) this.#onTurnEvent(event);
  }

  #onTurnEvent(event: TurnEvent): void {
    const { emit } = this.deps;
    switch (event.type) {
      case 'speech_started':
        this.#utteranceId = newId('utterance');
        emit({ type: 'speech_started', utteranceId: this.#utteranceId, atMs: event.atMs });
        return void this.#mouth.pause();
      case 'paused':
        return this.#hearAhead(event.pcm);
      case 'resumed':
        return this.#forgetAhead();
      case 'turn_discarded':
        this.#forgetAhead();
        this.#told(event.atMs, 0, event.reason);
        return this.#mouth.resume();
      case 'turn_ended':
        return this.#onTurn(event.turn);
    }
  }

  #told(atMs: number, durationMs: number, reason: PlayerTurn['reason'] | 'too_short' | 'no_speech'): void {
    const utteranceId = this.#utteranceId || newId('utterance');
    this.deps.emit({ type: 'speech_stopped', utteranceId, atMs, durationMs, reason });
    this.#utteranceId = '';
  }

  #onTurn(turn: PlayerTurn): void {
    const utteranceId = this.#utteranceId;
    const askedAtMs = this.deps.clock.monotonicMs();
    const ahead = this.#ahead;
    this.#ahead = null;
    this.#told(turn.endMs, turn.endMs - turn.startMs, turn.reason);
    this.#enqueue(() => this.#understand(turn, utteranceId, ahead, askedAtMs), {});
  }

  /** One after the other: an answer may depend on what was said before. */
  #enqueue(task: () => Promise<void>, echo: object): void {
    if (this.#turnsWaiting >= TURNS_MAX) {
      const error = new AppError('audio_overloaded', 'Too much was said at once; this was left out.');
      return this.deps.emit({ type: 'failed', error, echo });
    }
    this.#turnsWaiting++;
    this.#work = this.#work
      .then(task)
      .catch((error: unknown) => this.#fail(error, echo))
      .finally(() => this.#turnsWaiting--);
  }

  async #understand(turn: PlayerTurn, utteranceId: string, ahead: HeardAhead | null, askedAtMs: number): Promise<void> {
    let heard: Heard;
    try {
      heard = (await ahead?.heard.catch(() => null)) ?? (await this.#hear(turn.pcm, this.#abort.signal));
    } catch (error) {
      this.#mouth.resume();
      throw error;
    }
    this.deps.meter.utterance(heard.isAccepted);
    this.#tellHeard(utteranceId, heard, true);
    if (this.deps.role === 'stream') return;
    // What was not understood was no interruption either: others talk, a dog barks.
    if (!heard.isAccepted) return this.#turns.isOpen ? undefined : this.#mouth.resume();
    await this.#answer(heard.text, utteranceId, {}, askedAtMs);
  }

  /** Resolves when the answer is on its way, or the player speaks again: what they say must not wait for it. */
  async #answer(text: string, utteranceId: string | null, echo: object, askedAtMs: number): Promise<void> {
    const reply = await this.deps.conversation.reply({ text }, this.#abort.signal);
    this.#mouth.stop('superseded');
    if (this.#turns.isOpen) this.#mouth.pause();
    if (reply.control === 'mute') this.#callouts.clear();
    const saying = this.#mouth
      .answer(reply, { utteranceId, echo, askedAtMs })
      .then((said) => this.#tellTeam(reply, said))
      .catch((error: unknown) => this.#fail(error, echo));
    await Promise.race([saying, this.#mouth.silenced]);
  }

  /** With `response_type` `team_message` an answer goes to the team. */
  async #tellTeam({ kind }: Reply, said: string): Promise<void> {
    const isForTeam = this.deps.settings().response_type === 'team_message' && (kind === 'answer' || kind === 'talk');
    if (isForTeam && said !== '') await this.deps.conversation.tellTeam(said);
  }

  #hear(pcm: Float32Array, signal: AbortSignal): Promise<Heard> {
    const { hearing, conversation, meter, clock, role } = this.deps;
    const startedAtMs = clock.monotonicMs();
    const heard =
      role === 'stream'
        ? hearing.writeDown(pcm, conversation.understanding, signal)
        : hearing.hear(pcm, conversation.understanding, signal);
    return heard.finally(() => meter.latency('audio_recognise', clock.monotonicMs() - startedAtMs));
  }

  /** Recognises during the silence, so that the words are there when the turn ends. */
  #hearAhead(pcm: Float32Array): void {
    if (this.deps.role === 'stream') return;
    this.#forgetAhead();
    const abort = new AbortController();
    const utteranceId = this.#utteranceId;
    const heard = this.#hear(pcm, AbortSignal.any([abort.signal, this.#abort.signal]));
    const ahead: HeardAhead = { heard, abort };
    this.#ahead = ahead;
    const tell = (found: Heard): void => {
      if (this.#ahead === ahead && found.text !== '') this.#tellHeard(utteranceId, found, false);
    };
    // What fails here fails again at the end of the turn, and is told then.
    heard.then(tell).catch(() => {});
  }

  #forgetAhead(): void {
    this.#ahead?.abort.abort();
    this.#ahead = null;
  }

  #tellHeard(utteranceId: string, heard: Heard, isFinal: boolean): void {
    this.deps.emit({ type: 'transcript', utteranceId, isFinal, ...heard });
  }

  #tick(): void {
    const silentMs = this.deps.clock.monotonicMs() - this.#pushedAtMs;
    if (this.#turns.isOpen && this.#backlogS === 0 && silentMs >= this.deps.settings().silence_timeout * 1000) {
      this.#onTurnEvents(this.#turns.stall());
    }
    this.#speakCallouts();
  }

  #speakCallouts(): void {
    const nowMs = this.deps.clock.monotonicMs();
    const isPlayerSpeaking = this.#turns.isOpen;
    const isAnswering = this.#turnsWaiting > 0;
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
