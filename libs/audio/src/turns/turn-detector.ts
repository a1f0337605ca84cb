import type { VoiceChatConfig } from '@jiga/contracts';

import { SPEECH_RATE_HZ, VOICE_WINDOW_SAMPLES } from '../ports/pcm.js';
import type { VoiceFrame } from '../ports/front-end.port.js';
import { addWindows, joinWindows } from './windows.js';

/** The settings of a session that decide when a turn begins and ends. */
export type TurnSettings = Pick<
  VoiceChatConfig,
  | 'voice_activation_threshold'
  | 'silence_timeout'
  | 'max_recording_duration'
  | 'continuous_listening'
  | 'auto_voice_activation'
>;

export type TurnEndReason = 'silence' | 'commit' | 'max_duration';

/** One turn of the player: 16 kHz mono, with a little of what was before and after the speech. */
export interface PlayerTurn {
  readonly pcm: Float32Array;
  /** Of the first and after the last speech, since the stream began. */
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: TurnEndReason;
}

export type TurnEvent =
  | { readonly type: 'speech_started'; readonly atMs: number }
  /** The player pauses: if it is the end, this is what was said. */
  | { readonly type: 'paused'; readonly pcm: Float32Array }
  /** It was not the end. */
  | { readonly type: 'resumed' }
  | { readonly type: 'turn_ended'; readonly turn: PlayerTurn }
  /** It was too short for words, or there was nothing. */
  | { readonly type: 'turn_discarded'; readonly atMs: number; readonly reason: 'too_short' | 'no_speech' };

const WINDOW_MS = (VOICE_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;
/** Speech in so many of the last windows is a beginning: a click is shorter, and 150 ms to stop playing is not much. */
const ONSET_WINDOWS = 3;
/** While JIGA speaks a little less is enough: a pause in vain is made good, a late one is not. */
const ONSET_WINDOWS_OVER_SPEECH = 2;
const ONSET_OF = 4;
/** Sound kept from before the first speech: a word's first consonant is often missed. */
const LEAD_WINDOWS = 10;
/** Sound kept after the last speech. */
const TAIL_WINDOWS = 10;
/** Less speech than this is a cough. */
const SPEECH_WINDOWS_MIN = 5;
/** Once somebody speaks, a little less counts as speech: the probability dips inside words. */
const HYSTERESIS = 0.15;
/** Silence from which on the turn may be over; recognition then begins ahead of the end. */
const PAUSE_MS = 256;

/**
 * Finds the player's turns in windows of sound. Pure, and timed by the sound itself: nothing depends on how fast it
 * comes. What the settings mean here:
 *  - `auto_voice_activation` off: nothing is detected; all sound from one commit to the next is a turn.
 *  - `continuous_listening` off: push to talk; speech is detected, but only a commit ends the turn.
 */
export class TurnDetector {
  /** All windows of the turn under way, or the lead before the next. */
  #windows: VoiceFrame[] = [];
  #isOpen = false;
  #speechWindows = 0;
  /** Index after the last window with speech. */
  #lastSpeech = 0;
  #firstSpeech = 0;
  #isPaused = false;

  constructor(private settings: TurnSettings) {}

  /** Whether the player has the floor. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  configure(settings: TurnSettings): void {
    this.settings = settings;
  }

  /** @param isTalkedOver whether JIGA speaks at the time */
  push(window: VoiceFrame, isTalkedOver = false): TurnEvent[] {
    addWindows(this.#windows, [window]);
    if (!this.settings.auto_voice_activation) return this.#record(window);
    if (this.#isOpen) return this.#listen(window);
    return this.#wait(window, isTalkedOver ? ONSET_WINDOWS_OVER_SPEECH : ONSET_WINDOWS);
  }

  /** The client says that the turn is over. */
  commit(): TurnEvent[] {
    if (this.#isOpen) return [this.#end('commit')];
    const atMs = this.#nowMs();
    this.#windows = [];
    return [{ type: 'turn_discarded', atMs, reason: 'no_speech' }];
  }

  /** No sound has come for as long as a silence may last: the turn is over as if it had been silent. */
  stall(): TurnEvent[] {
    return this.#isOpen && this.#endsBySilence ? [this.#end('silence')] : [];
  }

  /** Forgets the turn under way. */
  reset(): void {
    this.#windows = [];
    this.#isOpen = false;
    this.#isPaused = false;
  }

  get #endsBySilence(): boolean {
    return this.settings.auto_voice_activation && this.settings.continuous_listening;
  }

  #nowMs(): number {
    const last = this.#windows.at(-1);
    return last ? last.startMs + WINDOW_MS : 0;
  }

  /** Without detection: everything is the turn. */
  #record(window: VoiceFrame): TurnEvent[] {
    const events: TurnEvent[] = [];
    if (!this.#isOpen) {
      this.#windows = [window];
      this.#open(0);
      events.push({ type: 'speech_started', atMs: window.startMs });
    }
    this.#speechWindows++;
    this.#lastSpeech = this.#windows.length;
    if (this.#isFull()) events.push(this.#end('max_duration'));
    return events;
  }

  #wait(window: VoiceFrame, onset: number): TurnEvent[] {
    const recent = this.#windows.slice(-ONSET_OF).filter((each) => this.#isSpeech(each, 0));
    if (!this.#isSpeech(window, 0) || recent.length < onset) {
      this.#windows = this.#windows.slice(-(LEAD_WINDOWS + ONSET_OF));
      return [];
    }
    const first = this.#windows.findIndex((each) => each === recent[0]);
    this.#open(first);
    this.#speechWindows = recent.length;
    return [{ type: 'speech_started', atMs: recent[0]?.startMs ?? 0 }];
  }

  #listen(window: VoiceFrame): TurnEvent[] {
    const events: TurnEvent[] = [];
    if (this.#isSpeech(window, HYSTERESIS)) {
      this.#speechWindows++;
      this.#lastSpeech = this.#windows.length;
      if (this.#isPaused) events.push({ type: 'resumed' });
      this.#isPaused = false;
    }
    const silenceMs = (this.#windows.length - this.#lastSpeech) * WINDOW_MS;
    const timeoutMs = this.settings.silence_timeout * 1000;
    if (this.#isFull()) return [...events, this.#end('max_duration')];
    if (this.#endsBySilence && silenceMs >= timeoutMs) return [...events, this.#end('silence')];
    if (!this.#isPaused && this.#isWorthHearing && silenceMs >= Math.min(PAUSE_MS, timeoutMs / 2)) {
      this.#isPaused = true;
      events.push({ type: 'paused', pcm: this.#speech() });
    }
    return events;
  }

  get #isWorthHearing(): boolean {
    return this.#speechWindows >= SPEECH_WINDOWS_MIN;
  }

  #open(firstSpeech: number): void {
    this.#isOpen = true;
    this.#isPaused = false;
    this.#speechWindows = 0;
    this.#firstSpeech = firstSpeech;
    this.#lastSpeech = this.#windows.length;
  }

  #end(reason: TurnEndReason): TurnEvent {
    const startMs = this.#windows[this.#firstSpeech]?.startMs ?? 0;
    const endMs = (this.#windows[this.#lastSpeech - 1]?.startMs ?? 0) + WINDOW_MS;
    const event: TurnEvent =
      this.#isWorthHearing || !this.settings.auto_voice_activation
        ? { type: 'turn_ended', turn: { pcm: this.#speech(), startMs, endMs, reason } }
        : { type: 'turn_discarded', atMs: this.#nowMs(), reason: 'too_short' };
    this.#windows = this.#windows.slice(-LEAD_WINDOWS);
    this.#isOpen = false;
    this.#isPaused = false;
    return event;
  }

  #isFull(): boolean {
    return this.#windows.length * WINDOW_MS >= this.settings.max_recording_duration * 1000;
  }

  #isSpeech({ speechProbability }: VoiceFrame, slack: number): boolean {
    const threshold = this.settings.voice_activation_threshold;
    return speechProbability >= Math.max(threshold - slack, threshold / 2);
  }

  /** From the lead to the tail, joined. */
  #speech(): Float32Array {
    return joinWindows(this.#windows.slice(0, this.#lastSpeech + TAIL_WINDOWS));
  }
}
