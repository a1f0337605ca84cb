import type { EngineHealth, EngineInfo } from '../../ports/engine.port.js';
import type { SpeechPiece, SpeechRequest, SpeechSynthesizer, VoiceInfo } from '../../ports/speech.port.js';
import { splitSentences } from '../speech/sentences.js';
import { checkSpeech } from '../speech/flite-speech.js';
import { withVolume } from '../speech/voice-shaping.js';
import type { AudioThread } from '../threads/audio-thread.js';
import type { OperatorSpeakJob } from './operator.role.js';

const PREFIX = 'model-';
const TURN_ON = 'Set JIGA_TTS_MODEL_DIR to a folder with a voice for sherpa-onnx (piper, kokoro, kitten, matcha).';

/**
 * The operator's voices before those that are always there: `model-0`, `model-1`, … for its speakers. When they fail, the
 * others speak.
 */
export class OperatorSpeech implements SpeechSynthesizer {
  #health: EngineHealth;
  #speakers = 1;

  constructor(
    /** Null: no folder is set. */
    private readonly program: AudioThread | null,
    private readonly others: SpeechSynthesizer,
  ) {
    this.#health = program ? { state: 'ok', detail: 'Not tried yet.' } : { state: 'off', detail: TURN_ON };
  }

  engines(): readonly EngineInfo[] {
    const facts = { id: 'sherpa-onnx-tts', name: "The operator's voices (sherpa-onnx)" };
    const models = this.#own().map(({ id }) => id);
    const health = (): EngineHealth => this.#health;
    const own = { ...facts, models, languages: [], cpuPerSecond: null, isRemote: false, health } as const;
    return [{ ...own, capability: 'speech' }, ...this.others.engines()];
  }

  voices(): readonly VoiceInfo[] {
    return [...this.#own(), ...this.others.voices()];
  }

  async probe(signal?: AbortSignal): Promise<EngineHealth> {
    if (this.program) await this.#probeOwn(this.program, signal);
    return this.others.probe(signal);
  }

  async *synthesise(request: SpeechRequest, signal?: AbortSignal): AsyncGenerator<SpeechPiece> {
    checkSpeech(request);
    const { voice } = request;
    const isOwn = voice === undefined ? this.program !== null : voice.startsWith(PREFIX);
    if (!isOwn || !this.program) {
      yield* this.others.synthesise(request, signal);
      return;
    }
    let spoken = 0;
    try {
      for await (const piece of this.#speak(this.program, request, signal)) {
        yield piece;
        spoken += 1;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // What was asked for by name is not replaced, and a voice does not change within a text.
      if (voice !== undefined || spoken > 0) throw error;
      this.#health = { state: 'failed', detail: error instanceof Error ? error.message : null };
      yield* this.others.synthesise(request, signal);
    }
  }

  #own(): VoiceInfo[] {
    if (!this.program) return [];
    return Array.from({ length: this.#speakers }, (_, speaker) => ({
      id: `${PREFIX}${speaker}`,
      engine: 'sherpa-onnx-tts',
      language: 'en',
      gender: null,
      sampleRateHz: 22_050,
    }));
  }

  async #probeOwn(program: AudioThread, signal?: AbortSignal): Promise<void> {
    try {
      const { kind, speakers } = await program.call<{ kind: string; speakers: number }>('probeSpeech', null, signal);
      this.#speakers = Math.max(1, speakers);
      this.#health = { state: 'ok', detail: `Model: ${kind}` };
    } catch (error) {
      this.#health = { state: 'failed', detail: error instanceof Error ? error.message : null };
    }
  }

  async *#speak(program: AudioThread, request: SpeechRequest, signal?: AbortSignal): AsyncGenerator<SpeechPiece> {
    const voice = request.voice ?? `${PREFIX}0`;
    const speaker = Number(voice.slice(PREFIX.length));
    if (!Number.isInteger(speaker) || speaker < 0) throw new RangeError(`No voice is called ${voice}`);
    const { rate = 1, volume = 1 } = request;
    const sentences = splitSentences(request.text);
    for (const [index, text] of sentences.entries()) {
      const job: OperatorSpeakJob = { text, speaker, rate };
      const made = await program.call<Pick<SpeechPiece, 'pcm' | 'sampleRateHz'>>('speak', job, signal);
      const pcm = volume === 1 ? made.pcm : withVolume(made.pcm, volume);
      yield { text, pcm, sampleRateHz: made.sampleRateHz, voice, index, isLast: index === sentences.length - 1 };
    }
  }
}
