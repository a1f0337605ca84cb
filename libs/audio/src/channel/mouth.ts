import { AppError, newId, toAppError } from '@jiga/contracts';
import type { Callout, Clock, VoiceChatConfig } from '@jiga/contracts';

import type { Reply } from '../conversation/conversation.js';
import { Playback } from '../turns/playback.js';
import type { Speaker, SpokenPiece } from './speaker.js';
import type { InterruptReason, SpeechPieceEvent, VoiceEvent, VoiceMeter } from './voice-events.js';

/** Reports about older responses come too late to be one of a player that still plays them. */
const SAID_KEPT = 64;

/** Whose words are answered, and what its answers carry. */
export interface ReplyContext {
  readonly utteranceId: string | null;
  readonly echo: object;
  /** When the player had ended, for the latency; monotonic. */
  readonly askedAtMs: number;
}

export interface MouthDeps {
  readonly clock: Clock;
  readonly speaker: Speaker;
  readonly settings: () => VoiceChatConfig;
  readonly emit: (event: VoiceEvent) => void;
  readonly meter: VoiceMeter;
  /** What the player begins to hear, for the echo canceller. */
  readonly onPlay: (pcm: Float32Array, sampleRateHz: number) => void;
  /** The player hears nothing from now on. */
  readonly onSilence: () => void;
  /** An answer was cut: only this was heard of it. */
  readonly onCut: (responseId: string, heardText: string) => void;
}

/** What is being said: to whom its pieces belong, and what ends it. */
interface Utterance {
  readonly id: string;
  readonly abort: AbortController;
  readonly toEvent: (piece: SpeechPieceEvent) => VoiceEvent;
  sequence: number;
}

/**
 * Speaks answers and callouts to one client, one at a time. It pauses when the player begins to speak, goes on when that
 * was nothing, and tells what was heard of what was cut.
 */
export class Mouth {
  readonly #playback = new Playback();
  /** Ids of what was begun, the latest last. */
  readonly #said: string[] = [];
  #current: Utterance | null = null;
  #isHeld = false;
  #release: () => void = () => {};
  #held: Promise<void> = Promise.resolve();
  #noteHold: () => void = () => {};
  #holding: Promise<void> = new Promise((resolve) => (this.#noteHold = resolve));

  constructor(private readonly deps: MouthDeps) {}

  /** Whether something is being said, is about to be, or waits to go on. */
  get isBusy(): boolean {
    return this.#current !== null || this.#playback.isActive(this.#nowMs());
  }

  /** Whether the client can hear something at this moment. */
  get isSounding(): boolean {
    return this.#playback.isSounding(this.#nowMs());
  }

  /** Id of what is being said; null when nothing is. */
  get speaking(): string | null {
    return this.isBusy ? this.#playback.id : null;
  }

  /** Resolves when the player speaks, so that nothing may be said. */
  get silenced(): Promise<void> {
    return this.#holding;
  }

  /** Says an answer; resolves to its text when all of it is on its way, or it was stopped. */
  async answer(reply: Reply, { utteranceId, echo, askedAtMs }: ReplyContext): Promise<string> {
    const { id: responseId, kind, source, isKnown } = reply;
    const told = { utteranceId, kind, source, isKnown, echo };
    const utterance = this.#begin(responseId, (piece) => ({ type: 'voice_response', ...told, ...piece }));
    let text = '';
    try {
      for await (const sentence of reply.sentences) {
        if (utterance.abort.signal.aborted) break;
        text = `${text} ${sentence}`.trim();
        await this.#say(utterance, sentence, reply.isWhole, askedAtMs);
      }
      if (!reply.isWhole || utterance.sequence === 0) await this.#close(utterance);
    } catch (error) {
      if (!utterance.abort.signal.aborted) this.deps.emit({ type: 'failed', error: toAppError(error), echo });
    } finally {
      this.#complete(utterance);
      this.deps.emit({ type: 'answered', responseId, utteranceId, kind, source, isKnown, text });
    }
    return text;
  }

  /** Speaks a callout; resolves when all of it is on its way. */
  async callOut(callout: Callout): Promise<void> {
    const utterance = this.#begin(newId('response'), (piece) => ({ type: 'callout', callout, ...piece }));
    try {
      await this.#say(utterance, callout.text, true, this.#nowMs());
    } catch (error) {
      if (!utterance.abort.signal.aborted) this.deps.emit({ type: 'failed', error: toAppError(error), echo: {} });
    } finally {
      this.#complete(utterance);
    }
  }

  /** The player begins to speak: stops sounding, ready to go on. True when something was sounding. */
  pause(): boolean {
    this.#hold();
    const nowMs = this.#nowMs();
    if (!this.#playback.isSounding(nowMs)) return false;
    const playedMs = this.#playback.pause(nowMs);
    this.deps.onSilence();
    this.deps.meter.interruption();
    const responseId = this.#playback.id ?? '';
    this.deps.emit({ type: 'interrupted', responseId, playedMs, reason: 'speech', isResumable: true, echo: {} });
    return true;
  }

  /** The player has not said anything after all: goes on where it was. */
  resume(): void {
    if (this.#playback.isPaused) {
      const fromMs = this.#playback.resume(this.#nowMs());
      for (const { pcm, sampleRateHz } of this.#playback.rest()) this.deps.onPlay(pcm, sampleRateHz);
      this.deps.emit({ type: 'resumed', responseId: this.#playback.id ?? '', fromMs });
    }
    this.#letGo();
  }

  /**
   * Ends what is being said, for good. `reason` is told to the client, with `echo`, when it has anything left to play: true
   * then.
   */
  stop(reason: InterruptReason, echo: object = {}): boolean {
    const wasPaused = this.#playback.isPaused;
    const stopped = this.#playback.stop(this.#nowMs());
    this.#current?.abort.abort(new Error(reason));
    this.#current = null;
    this.#letGo();
    if (!stopped?.wasCut) return false;
    this.deps.onSilence();
    this.deps.onCut(stopped.id, stopped.heardText);
    // After a pause the client is silent already, but must know that nothing follows.
    const { id: responseId, playedMs } = stopped;
    if (!wasPaused) this.deps.meter.interruption();
    this.deps.emit({ type: 'interrupted', responseId, playedMs, reason, isResumable: false, echo });
    return true;
  }

  /**
   * How far the client has played; what it says counts more than what was reckoned. Of what is over it changes nothing.
   * Throws AppError `invalid_message` for what was not said lately.
   */
  report(responseId: string, playedMs: number): void {
    if (!this.#said.includes(responseId)) {
      const detail = 'is none of the latest responses on this socket';
      const fields = [{ pointer: '/response_id', code: 'unknown', detail }];
      throw new AppError('invalid_message', `response_id ${detail}`, { fields });
    }
    this.#playback.report(responseId, playedMs, this.#nowMs());
  }

  /** Ends everything without a word. May be called twice. */
  close(): void {
    this.#current?.abort.abort(new Error('closed'));
    this.#current = null;
    this.#playback.stop(this.#nowMs());
    this.#letGo();
  }

  #begin(id: string, toEvent: Utterance['toEvent']): Utterance {
    if (this.isBusy) this.stop('superseded');
    this.#current = { id, abort: new AbortController(), toEvent, sequence: 0 };
    this.#playback.begin(id, this.#nowMs());
    if (this.#said.push(id) > SAID_KEPT) this.#said.shift();
    return this.#current;
  }

  async #say(utterance: Utterance, text: string, isWhole: boolean, askedAtMs: number): Promise<void> {
    const { signal } = utterance.abort;
    if (!isSpoken(this.deps.settings())) {
      await this.#send(
        utterance,
        { text, sound: null, silentBecause: null, isLast: true, source: '', key: null },
        isWhole,
      );
      return;
    }
    for await (const piece of this.deps.speaker.speak(text, signal)) {
      await this.#send(utterance, piece, isWhole && piece.isLast);
      if (utterance.sequence === 1) this.deps.meter.latency('audio_response', this.#nowMs() - askedAtMs);
      if (signal.aborted) return;
    }
  }

  /** Sends a piece once the player lets it be heard. */
  async #send(utterance: Utterance, piece: SpokenPiece, isLast: boolean): Promise<void> {
    const { signal } = utterance.abort;
    const speech = piece.sound ? await this.deps.speaker.encode(piece.sound, piece.key, signal) : null;
    await this.#held;
    if (signal.aborted) return;
    const { text, silentBecause } = piece;
    const told = { responseId: utterance.id, sequence: utterance.sequence++, isLast, text, speech, silentBecause };
    this.#playback.add({ text, durationMs: speech?.durationMs ?? 0, sound: piece.sound }, this.#nowMs());
    if (piece.sound && speech) {
      this.deps.onPlay(piece.sound.pcm, piece.sound.sampleRateHz);
      this.deps.meter.spoken(speech.durationMs / 1000, piece.source);
    }
    this.deps.emit(utterance.toEvent(told));
  }

  /** The last message of an answer of which nobody knew that it was the last. */
  async #close(utterance: Utterance): Promise<void> {
    const nothing: SpokenPiece = { text: '', sound: null, silentBecause: null, isLast: true, source: '', key: null };
    if (!utterance.abort.signal.aborted) await this.#send(utterance, nothing, true);
  }

  #complete(utterance: Utterance): void {
    if (this.#current !== utterance) return;
    this.#current = null;
    this.#playback.complete();
  }

  #hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#held = new Promise((resolve) => (this.#release = resolve));
    this.#noteHold();
  }

  #letGo(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#holding = new Promise((resolve) => (this.#noteHold = resolve));
    this.#release();
  }

  #nowMs(): number {
    return this.deps.clock.monotonicMs();
  }
}

const isSpoken = ({ response_type: type }: VoiceChatConfig): boolean => type === 'audio' || type === 'base64_audio';
