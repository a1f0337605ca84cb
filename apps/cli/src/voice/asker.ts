import type { AudioConnection, VoiceResponse } from '@jiga/client';
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

/** Talks to a session through an open microphone. */
export class Asker {
  readonly #microphone: Microphone;

  constructor(
    private readonly audio: AudioConnection,
    private readonly silenceTimeoutMs: number,
  ) {
    this.#microphone = new Microphone((samples) => void audio.sendPcm(samples));
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

  /** Speaks over what JIGA says; resolves to how long that went on, in milliseconds; null when it did not stop. */
  async interrupt(pcm: Float32Array): Promise<number | null> {
    const startedAtMs = performance.now();
    const stopped = new Promise<number | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), ANSWER_TIMEOUT_MS);
      this.audio.on('interrupted', () => {
        clearTimeout(timer);
        resolve(performance.now() - startedAtMs);
      });
    });
    await this.#microphone.say(pcm);
    return stopped;
  }

  close(): void {
    this.#microphone.close();
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
