import type { AudioConnection, SpeechPiece, VoiceResponse } from '@jiga/client';

import { Microphone } from './microphone.js';

/** A question and what came of it. */
export interface Asked {
  readonly heard: string | null;
  readonly answer: VoiceResponse | null;
  /** From the end of the speech to the first sound of the answer, beyond the silence that ends a turn; milliseconds. */
  readonly latencyMs: number | null;
  /** When the speech ended, Unix milliseconds. */
  readonly askedAtMs: number;
}

const ANSWER_TIMEOUT_MS = 8_000;
const QUIET_TIMEOUT_MS = 30_000;
const QUIET_STEP_MS = 20;
/** Between the end of an answer and the next question. */
const POLITE_MS = 300;

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Talks to a session through an open microphone. */
export class Asker {
  readonly #microphone: Microphone;
  readonly #stopListening: readonly (() => void)[];
  /** When what has come is played to its end. */
  #playingUntilMs = 0;
  /** The response of which more is to come; null = none. */
  #unfinished: string | null = null;

  constructor(
    private readonly audio: AudioConnection,
    private readonly silenceTimeoutMs: number,
  ) {
    this.#microphone = new Microphone((samples) => void audio.sendPcm(samples));
    const play = (piece: SpeechPiece): void => this.#play(piece);
    this.#stopListening = [
      audio.on('response', play),
      audio.on('callout', play),
      audio.on('interrupted', () => {
        this.#playingUntilMs = 0;
        this.#unfinished = null;
      }),
    ];
  }

  /** Waits like somebody polite until all that JIGA says has been heard to its end, and a moment more. */
  async quiet(): Promise<void> {
    const giveUpAtMs = performance.now() + QUIET_TIMEOUT_MS;
    for (let nowMs = performance.now(); nowMs < giveUpAtMs; nowMs = performance.now()) {
      if (this.#unfinished === null && nowMs > this.#playingUntilMs + POLITE_MS) return;
      await wait(QUIET_STEP_MS);
    }
  }

  /** Speaks and waits for the first piece of the answer. */
  async ask(pcm: Float32Array): Promise<Asked> {
    let heard: string | null = null;
    const stopListening = this.audio.on('transcript', ({ final, accepted, text }) => {
      if (final && accepted) heard = text;
    });
    const answered = this.#firstPiece();
    const endedAtMs = await this.#microphone.say(pcm);
    const askedAtMs = Date.now();
    const first = await answered;
    stopListening();
    const latencyMs = first && first.atMs - endedAtMs - this.silenceTimeoutMs;
    return { heard, answer: first?.response ?? null, latencyMs, askedAtMs };
  }

  /**
   * Speaks over what JIGA says; resolves to how long that went on after the first sample of the speech, in milliseconds;
   * null when it did not stop.
   */
  async interrupt(pcm: Float32Array): Promise<number | null> {
    let startedAtMs = performance.now();
    const stopped = new Promise<number | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), ANSWER_TIMEOUT_MS);
      const stop = this.audio.on('interrupted', () => {
        clearTimeout(timer);
        stop();
        resolve(performance.now() - startedAtMs);
      });
    });
    await this.#microphone.say(pcm, (atMs) => (startedAtMs = atMs));
    return stopped;
  }

  close(): void {
    this.#microphone.close();
    for (const stop of this.#stopListening) stop();
  }

  #play({ response_id, is_last, audio }: SpeechPiece): void {
    const nowMs = performance.now();
    this.#playingUntilMs = Math.max(nowMs, this.#playingUntilMs) + (audio?.duration_ms ?? 0);
    this.#unfinished = is_last ? null : response_id;
  }

  #firstPiece(): Promise<{ readonly response: VoiceResponse; readonly atMs: number } | null> {
    return new Promise((resolve) => {
      const stop = this.audio.on('response', (response) => settle({ response, atMs: performance.now() }));
      const timer = setTimeout(() => settle(null), ANSWER_TIMEOUT_MS);
      const settle = (piece: { response: VoiceResponse; atMs: number } | null): void => {
        clearTimeout(timer);
        stop();
        resolve(piece);
      };
    });
  }
}
