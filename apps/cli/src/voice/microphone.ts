/** Sound is sent in pieces of this length, as a capture device gives it. */
const CHUNK_MS = 20;
export const MICROPHONE_RATE_HZ = 16_000;
const CHUNK_SAMPLES = (MICROPHONE_RATE_HZ * CHUNK_MS) / 1000;
/** Quieter samples count as silence when the end of speech is looked for. */
const SILENCE_LEVEL = 0.01;

interface Speech {
  readonly pcm: Float32Array;
  at: number;
  readonly onStart: (atMs: number) => void;
  readonly onEnd: (atMs: number) => void;
}

/** An open microphone: sends sound in the pace at which it sounds, silence when nobody speaks. */
export class Microphone {
  readonly #timer: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  #chunks = 0;
  #speech: Speech | null = null;

  constructor(private readonly send: (samples: Float32Array) => void) {
    this.#timer = setInterval(() => this.#tick(), CHUNK_MS);
  }

  /**
   * Speaks; resolves with the moment (performance.now()) at which the last of the speech was sent. `onStart` is told the
   * moment of its first sample: a capture device sends a piece when all of it has sounded.
   */
  say(pcm: Float32Array, onStart: (atMs: number) => void = () => {}): Promise<number> {
    const end = pcm.findLastIndex((sample) => Math.abs(sample) > SILENCE_LEVEL) + 1;
    return new Promise((resolve) => {
      this.#speech = { pcm: pcm.subarray(0, end), at: 0, onStart, onEnd: resolve };
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Sends as many chunks as are due: a late timer makes no gap. */
  #tick(): void {
    const due = Math.floor((performance.now() - this.#startedAtMs) / CHUNK_MS);
    for (; this.#chunks < due; this.#chunks++) this.send(this.#next());
  }

  #next(): Float32Array {
    const chunk = new Float32Array(CHUNK_SAMPLES);
    const speech = this.#speech;
    if (!speech) return chunk;
    if (speech.at === 0) speech.onStart(performance.now() - CHUNK_MS);
    chunk.set(speech.pcm.subarray(speech.at, speech.at + CHUNK_SAMPLES));
    speech.at += CHUNK_SAMPLES;
    if (speech.at >= speech.pcm.length) {
      this.#speech = null;
      speech.onEnd(performance.now());
    }
    return chunk;
  }
}
