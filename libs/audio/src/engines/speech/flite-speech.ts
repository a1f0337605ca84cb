import { ByteCache } from '../../byte-cache.js';
import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import type { SpeechPiece, SpeechRequest, SpeechSynthesizer, VoiceInfo } from '../../ports/speech.port.js';
import { fliteEngine } from '../engine-list.js';
import type { AudioThread } from '../threads/audio-thread.js';
import { splitSentences } from './sentences.js';
import type { SpeakJob, Spoken } from './speech.role.js';
import { FLITE_VOICES, MAX_SPEECH_CHARS, QUALITY_VOICES } from './voices.js';

/** Some two minutes of speech: answers to the same question are the same, and many players ask it. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** The voices that are always there, in a worker thread, sentence by sentence. What was said lately is not made again. */
export class FliteSpeech implements SpeechSynthesizer {
  readonly #said = new ByteCache<Spoken>(KEPT_BYTES, ({ pcm }) => pcm.byteLength);

  constructor(private readonly thread: AudioThread) {}

  engines(): readonly EngineInfo[] {
    return [fliteEngine()];
  }

  voices(): readonly VoiceInfo[] {
    return FLITE_VOICES;
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    try {
      await this.thread.call('probe', null, signal);
      return { state: 'ok', detail: null };
    } catch (error) {
      return { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
  }

  async *synthesise(request: SpeechRequest, signal?: AbortSignal): AsyncGenerator<SpeechPiece> {
    const { text, quality, voice = QUALITY_VOICES[quality] } = request;
    checkSpeech(request);
    if (!FLITE_VOICES.some(({ id }) => id === voice)) throw new RangeError(`No voice is called ${voice}`);
    const sentences = splitSentences(text);
    const rate = held(request.rate, 0.5, 2);
    const volume = held(request.volume, 0, 2);
    for (const [index, sentence] of sentences.entries()) {
      const job: SpeakJob = { text: sentence, voice, quality, rate, volume };
      const make = (): Promise<Spoken> => this.thread.call<Spoken>('speak', job);
      const spoken = await this.#said.get(JSON.stringify(job), make, signal);
      yield { text: sentence, ...spoken, voice, index, isLast: index === sentences.length - 1 };
    }
  }
}

/** Throws RangeError for a text that is too long. */
export function checkSpeech({ text }: SpeechRequest): void {
  if (text.length <= MAX_SPEECH_CHARS) return;
  throw new RangeError(`The text has ${text.length} characters; at most ${MAX_SPEECH_CHARS} are spoken`);
}

const held = (value: number | undefined, least: number, most: number): number =>
  Math.min(most, Math.max(least, value !== undefined && Number.isFinite(value) ? value : 1));
