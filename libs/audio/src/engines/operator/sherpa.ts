import { readdir } from 'node:fs/promises';

import { AppError } from '@jiga/contracts';

import { optionalPackage } from '../package-file.js';
import { findTranscriptionModel, findVoiceModel, type FoundModel, type ModelFolder } from './model-folder.js';
import { SHERPA_PACKAGE, SHERPA_VERSION } from './sherpa-package.js';

/** What is used of `sherpa-onnx-node`. */
export interface SherpaModule {
  readonly OfflineRecognizer: new (config: object) => SherpaRecognizer;
  readonly OfflineTts: new (config: object) => SherpaVoice;
}

interface SherpaStream {
  acceptWaveform(sound: { readonly sampleRate: number; readonly samples: Float32Array }): void;
}

interface SherpaRecognizer {
  createStream(): SherpaStream;
  decode(stream: SherpaStream): void;
  getResult(stream: SherpaStream): { readonly text: string; readonly lang?: string };
}

interface SherpaVoice {
  readonly sampleRate: number;
  readonly numSpeakers: number;
  generate(request: { text: string; sid: number; speed: number; enableExternalBuffer: boolean }): {
    readonly samples: Float32Array;
    readonly sampleRate: number;
  };
}

/** The module, from where the operator installed it. Errors: `capability_unavailable`. */
export function loadSherpa(load: (name: string) => unknown = optionalPackage): SherpaModule {
  const found = load(SHERPA_PACKAGE) as SherpaModule | null;
  if (found) return found;
  const command = `npm install --no-save ${SHERPA_PACKAGE}@${SHERPA_VERSION}`;
  throw new AppError('capability_unavailable', `The models need the package ${SHERPA_PACKAGE}: ${command}`);
}

async function readFolder(path: string): Promise<ModelFolder> {
  try {
    return { path, names: await readdir(path) };
  } catch (cause) {
    throw new AppError('capability_unavailable', 'The folder of the model cannot be read', { cause });
  }
}

function usable(found: FoundModel, variable: string): { readonly kind: string; readonly config: object } {
  if (found.kind !== null) return found;
  throw new AppError('capability_unavailable', `${variable} names a folder that cannot be used: ${found.reason}`);
}

/** The operator's transcription model. Blocks its program while it works. */
export class SherpaTranscriber {
  private constructor(
    readonly kind: string,
    private readonly recognizer: SherpaRecognizer,
  ) {}

  static async load(path: string, language: string, sherpa: SherpaModule): Promise<SherpaTranscriber> {
    const { kind, config } = usable(findTranscriptionModel(await readFolder(path), language), 'JIGA_ASR_MODEL_DIR');
    const featConfig = { sampleRate: 16_000, featureDim: 80 };
    return new SherpaTranscriber(kind, new sherpa.OfflineRecognizer({ featConfig, modelConfig: config }));
  }

  transcribe(samples: Float32Array): { readonly text: string; readonly language: string | null } {
    const stream = this.recognizer.createStream();
    stream.acceptWaveform({ sampleRate: 16_000, samples });
    this.recognizer.decode(stream);
    const { text, lang } = this.recognizer.getResult(stream);
    const language = /^(<\|)?([a-z]{2})(\|>)?$/.exec(lang ?? '')?.[2] ?? null;
    return { text: text.trim(), language };
  }
}

/** The operator's voices. Blocks its program while it works. */
export class SherpaSpeech {
  private constructor(
    readonly kind: string,
    private readonly voice: SherpaVoice,
  ) {}

  static async load(path: string, sherpa: SherpaModule): Promise<SherpaSpeech> {
    const { kind, config } = usable(findVoiceModel(await readFolder(path)), 'JIGA_TTS_MODEL_DIR');
    return new SherpaSpeech(kind, new sherpa.OfflineTts({ model: config, maxNumSentences: 1 }));
  }

  get speakers(): number {
    return this.voice.numSpeakers;
  }

  /** Throws RangeError for a speaker that the model does not have. */
  speak(text: string, speaker: number, rate: number): { readonly pcm: Float32Array; readonly sampleRateHz: number } {
    if (speaker >= Math.max(1, this.speakers)) throw new RangeError(`The model has no speaker ${speaker}`);
    const made = this.voice.generate({ text, sid: speaker, speed: rate, enableExternalBuffer: false });
    return { pcm: made.samples, sampleRateHz: made.sampleRate };
  }
}
