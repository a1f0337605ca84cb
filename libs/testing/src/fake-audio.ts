import type {
  AudioDecoder,
  AudioEncoder,
  AudioEngines,
  CommandRecognizer,
  DecodedAudio,
  EngineHealth,
  EngineInfo,
  FrontEndSettings,
  FrontEndState,
  FrontEndStream,
  HeardSound,
  PcmAudio,
  SpeechPiece,
  SpeechRequest,
  SpeechSynthesizer,
  SpeechTranscriber,
  SpokenCommand,
  SpokenGrammar,
  Transcript,
  VoiceFrame,
  VoiceFrontEnd,
  VoiceInfo,
} from '@jiga/audio';
import { AppError } from '@jiga/contracts';

const OK: EngineHealth = { state: 'ok', detail: null };

abstract class FakePort {
  engines(): readonly EngineInfo[] {
    return [];
  }
  probe(): Promise<EngineHealth> {
    return Promise.resolve(OK);
  }
}

/** Hears speech where the sound is louder than a tenth of full scale. Frames are 512 samples of what was pushed, unchanged. */
export class FakeFrontEndStream implements FrontEndStream {
  readonly played: { readonly pcm: Float32Array; readonly sampleRateHz: number }[] = [];
  stoppedTimes = 0;
  closed = false;
  /** The next push is rejected with it. */
  failNext: AppError | null = null;
  #rest = new Float32Array(0);
  #taken = 0;

  constructor(public settings: FrontEndSettings) {}

  get state(): FrontEndState {
    const echo = this.settings.echoCancellation ? 'cancelled' : 'off';
    return { noise: this.settings.noiseSuppression, echo, latencyMs: 0 };
  }

  push(pcm: Float32Array): Promise<HeardSound> {
    if (this.closed) return Promise.reject(new AppError('session_closed'));
    const failure = this.failNext;
    this.failNext = null;
    if (failure) return Promise.reject(failure);
    const all = new Float32Array(this.#rest.length + pcm.length);
    all.set(this.#rest);
    all.set(pcm, this.#rest.length);
    const frames: VoiceFrame[] = [];
    let at = 0;
    for (; at + 512 <= all.length; at += 512) frames.push(this.#frame(all.slice(at, at + 512)));
    this.#rest = all.slice(at);
    return Promise.resolve({ frames, voicing: frames.map(({ speechProbability }) => speechProbability) });
  }

  play(pcm: Float32Array, sampleRateHz: number): void {
    this.played.push({ pcm, sampleRateHz });
  }

  stopPlaying(): void {
    this.stoppedTimes += 1;
  }

  configure(settings: FrontEndSettings): void {
    this.settings = settings;
  }

  reset(): void {
    this.#rest = new Float32Array(0);
    this.#taken = 0;
  }

  close(): void {
    this.closed = true;
  }

  #frame(pcm: Float32Array): VoiceFrame {
    const peak = pcm.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const startMs = (this.#taken / 16_000) * 1000;
    this.#taken += pcm.length;
    return {
      pcm,
      speechProbability: peak > 0.1 ? 0.95 : 0.02,
      startMs,
      inputDb: 20 * Math.log10(Math.max(peak, 3e-5)),
      before: [],
    };
  }
}

export class FakeFrontEnd extends FakePort implements VoiceFrontEnd {
  readonly streams: FakeFrontEndStream[] = [];

  open(settings: FrontEndSettings): FakeFrontEndStream {
    const stream = new FakeFrontEndStream(settings);
    this.streams.push(stream);
    return stream;
  }
}

/** Answers what the test put into `answers`, one for each call; then nothing. */
export class FakeCommands extends FakePort implements CommandRecognizer {
  readonly heard: { readonly pcm: Float32Array; readonly grammar: SpokenGrammar }[] = [];
  readonly prepared: SpokenGrammar[] = [];
  readonly answers: (SpokenCommand | string | AppError | null)[] = [];

  recognise(pcm: Float32Array, grammar: SpokenGrammar): Promise<SpokenCommand | null> {
    this.heard.push({ pcm, grammar });
    const answer = this.answers.shift() ?? null;
    if (answer instanceof AppError) return Promise.reject(answer);
    return Promise.resolve(typeof answer === 'string' ? spokenCommand(answer) : answer);
  }

  prepare(grammar: SpokenGrammar): Promise<void> {
    this.prepared.push(grammar);
    return Promise.resolve();
  }
}

/** A command that was heard well; `changes` say otherwise. */
export function spokenCommand(text: string, changes: Partial<SpokenCommand> = {}): SpokenCommand {
  const words = text.split(' ').map((word, index) => ({
    text: word,
    confidence: 0.95,
    startMs: index * 200,
    endMs: index * 200 + 200,
  }));
  return { text, words, confidence: 0.95, coverage: 0.95, accepted: true, ...changes };
}

/** Says what the test put into `answers`; without any, that there is no dictation. */
export class FakeTranscriber extends FakePort implements SpeechTranscriber {
  readonly answers: (Transcript | AppError)[] = [];

  transcribe(): Promise<Transcript> {
    const answer = this.answers.shift() ?? new AppError('capability_unavailable');
    return answer instanceof AppError ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

/** Speaks a sentence as silence of 10 ms for each character at 16 kHz. */
export class FakeSpeech extends FakePort implements SpeechSynthesizer {
  readonly requests: SpeechRequest[] = [];
  /** The next request is answered with it. */
  failNext: AppError | null = null;

  voices(): readonly VoiceInfo[] {
    return [{ id: 'fake', engine: 'fake', language: 'en', gender: null, sampleRateHz: 16_000 }];
  }

  async *synthesise(request: SpeechRequest, signal?: AbortSignal): AsyncGenerator<SpeechPiece> {
    this.requests.push(request);
    const failure = this.failNext;
    this.failNext = null;
    if (failure) throw failure;
    const sentences = request.text.match(/[^.!?]+[.!?]*/g)?.map((text) => text.trim()) ?? [];
    for (const [index, text] of sentences.entries()) {
      await Promise.resolve();
      signal?.throwIfAborted();
      const pcm = new Float32Array(text.length * 160);
      yield { text, pcm, sampleRateHz: 16_000, voice: 'fake', index, isLast: index === sentences.length - 1 };
    }
  }
}

/** Takes any bytes for 16-bit mono at 16 kHz. */
export class FakeDecoder extends FakePort implements AudioDecoder {
  failNext: AppError | null = null;

  decode(bytes: Uint8Array): Promise<DecodedAudio> {
    const failure = this.failNext;
    this.failNext = null;
    if (failure) return Promise.reject(failure);
    const samples = new Int16Array(bytes.slice(0, bytes.length & ~1).buffer);
    const durationMs = (samples.length / 16_000) * 1000;
    return Promise.resolve({
      channels: [Float32Array.from(samples, (value) => value / 32_768)],
      sampleRateHz: 16_000,
      format: 'wav',
      durationMs,
    });
  }
}

/** Gives 16-bit samples without any header; does not resample. */
export class FakeEncoder extends FakePort implements AudioEncoder {
  encode(audio: PcmAudio): Promise<Uint8Array> {
    const samples = Int16Array.from(audio.channels[0] ?? [], (value) => Math.round(value * 32_767));
    return Promise.resolve(new Uint8Array(samples.buffer));
  }

  resample(pcm: Float32Array): Promise<Float32Array> {
    return Promise.resolve(pcm.slice());
  }
}

/** Every sound engine as a fake, for tests of what stands on them. */
export class FakeAudioEngines implements AudioEngines {
  readonly frontEnd = new FakeFrontEnd();
  readonly commands = new FakeCommands();
  readonly transcriber = new FakeTranscriber();
  readonly speech = new FakeSpeech();
  readonly decoder = new FakeDecoder();
  readonly encoder = new FakeEncoder();
  closedTimes = 0;

  list(): readonly EngineInfo[] {
    return [];
  }

  close(): Promise<void> {
    this.closedTimes += 1;
    return Promise.resolve();
  }
}
