import { VOICE_WINDOW_SAMPLES, SPEECH_RATE_HZ } from '../ports/pcm.js';
import type { AudioEncoder } from '../ports/codec.port.js';
import type { EngineHealth } from '../ports/engine.port.js';
import type {
  FrontEndSettings,
  FrontEndStream,
  HeardSound,
  VoiceFrame,
  VoiceFrontEnd,
} from '../ports/front-end.port.js';
import type { CommandRecognizer, SpokenCommand } from '../ports/recognition.port.js';
import type { SpeechRequest, SpeechSynthesizer } from '../ports/speech.port.js';

const OK: EngineHealth = { state: 'ok', detail: null };
const PORT = { engines: () => [], probe: () => Promise.resolve(OK) };

export const WINDOW_MS = (VOICE_WINDOW_SAMPLES / SPEECH_RATE_HZ) * 1000;

/** So much sound of 16 kHz; `level` is what the fake ears take for the probability of speech. */
export const sound = (ms: number, level = 0): Float32Array =>
  new Float32Array(Math.round(ms / WINDOW_MS) * VOICE_WINDOW_SAMPLES).fill(level);

/** Ears that take the loudness of a window for the probability of speech. */
export class FakeFrontEnd implements VoiceFrontEnd {
  readonly engines = PORT.engines;
  readonly probe = PORT.probe;
  readonly opened: FakeStream[] = [];

  open(settings: FrontEndSettings): FakeStream {
    const stream = new FakeStream(settings);
    this.opened.push(stream);
    return stream;
  }
}

export class FakeStream implements FrontEndStream {
  readonly state = { noise: 'off', echo: 'off', latencyMs: 0 } as const;
  readonly configured: FrontEndSettings[];
  /** Milliseconds given to play, or `stop`. */
  readonly played: (number | 'stop')[] = [];
  isClosed = false;
  #windows = 0;
  #rest: number[] = [];

  constructor(settings: FrontEndSettings) {
    this.configured = [settings];
  }

  push(pcm: Float32Array): Promise<HeardSound> {
    this.#rest.push(...pcm);
    const frames: VoiceFrame[] = [];
    while (this.#rest.length >= VOICE_WINDOW_SAMPLES) {
      const window = Float32Array.from(this.#rest.splice(0, VOICE_WINDOW_SAMPLES));
      const speechProbability = window[0] ?? 0;
      frames.push({ pcm: window, speechProbability, startMs: this.#windows++ * WINDOW_MS, inputDb: -30, before: [] });
    }
    return Promise.resolve({ frames, voicing: frames.map(({ speechProbability }) => speechProbability) });
  }

  play(pcm: Float32Array, sampleRateHz: number): void {
    this.played.push((pcm.length / sampleRateHz) * 1000);
  }

  stopPlaying(): void {
    this.played.push('stop');
  }

  configure(settings: FrontEndSettings): void {
    this.configured.push(settings);
  }

  reset(): void {}

  close(): void {
    this.isClosed = true;
  }
}

/** A recogniser that hears what the test says. */
export class FakeRecognizer implements Pick<CommandRecognizer, 'recognise' | 'prepare'> {
  /** What the next turns are heard as; null or none left = nothing of the grammar. */
  readonly script: (Partial<SpokenCommand> | null)[] = [];
  readonly heardMs: number[] = [];

  recognise(pcm: Float32Array): Promise<SpokenCommand | null> {
    this.heardMs.push((pcm.length / SPEECH_RATE_HZ) * 1000);
    const next = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (!next) return Promise.resolve(null);
    return Promise.resolve({ text: '', words: [], confidence: 0.95, coverage: 1, accepted: true, ...next });
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }
}

/** A voice that takes 100 ms for a word, sentence by sentence. */
export class FakeVoice implements Pick<SpeechSynthesizer, 'synthesise' | 'voices'> {
  readonly asked: SpeechRequest[] = [];

  voices() {
    return [{ id: 'fake', engine: 'fake', language: 'en', gender: null, sampleRateHz: SPEECH_RATE_HZ }];
  }

  async *synthesise(request: SpeechRequest, signal?: AbortSignal) {
    this.asked.push(request);
    const sentences = request.text.split(/(?<=[.!?]) /);
    for (const [index, text] of sentences.entries()) {
      await Promise.resolve();
      signal?.throwIfAborted();
      const pcm = new Float32Array((text.split(' ').length * SPEECH_RATE_HZ) / 10).fill(0.5);
      const isLast = index === sentences.length - 1;
      yield { text, pcm, sampleRateHz: SPEECH_RATE_HZ, voice: 'fake', index, isLast };
    }
  }
}

/** Writes down what it was asked for instead of sound. */
export const fakeEncoder: Pick<AudioEncoder, 'encode'> = {
  encode: ({ channels: [pcm] }, { format, sampleRateHz, channels }) =>
    Promise.resolve(Buffer.from(`${format} ${sampleRateHz} ${channels} ${pcm?.length}`)),
};
