import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import createModule from 'soundswallower';
import type { Config, Decoder, Segment, SoundSwallowerModule } from 'soundswallower';

import type { CommandLanguage } from '../../ports/recognition.port.js';
import { packageFile } from '../package-file.js';

const MODELS: Readonly<Record<CommandLanguage, string>> = { en: 'en-us', fr: 'fr-fr' };
/** The decoder's frames are 10 ms long. */
const FRAME_SAMPLES = 160;

/** Of the module what its types leave out: the best path's score comes through a pointer. */
interface ScoreAccess {
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _decoder_hyp(decoder: number, score: number): number;
}

/** The best path through a sound. */
export interface BestPath {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Log of its probability in the decoder's units, for each frame of 10 ms: penalties for words and phones are within. */
  readonly scorePerFrame: number;
}

/**
 * SoundSwallower with one language's model.
 * @see https://github.com/ReadAlongs/SoundSwallower (MIT; models CMU and LIUM, BSD-like)
 */
export class DecoderKit {
  readonly #access: ScoreAccess;
  readonly #score: number;

  private constructor(
    private readonly module: SoundSwallowerModule,
    private readonly language: CommandLanguage,
  ) {
    this.#access = module as unknown as ScoreAccess;
    this.#score = this.#access._malloc(4);
  }

  static async load(language: CommandLanguage): Promise<DecoderKit> {
    // Not in the package's types: where the models are; the default is below the working directory.
    const options: object = { modelBase: join(packageFile('soundswallower'), 'model/') };
    return new DecoderKit(await createModule(options), language);
  }

  /** Names of the model's phones, noises and silence left out. */
  async phones(): Promise<string[]> {
    const file = join(this.module.get_model_path(MODELS[this.language]), 'phoneset.json');
    const names = Object.keys(JSON.parse(await readFile(file, 'utf8')) as Record<string, string>);
    return names.filter((name) => name !== 'SIL' && !name.startsWith('+'));
  }

  async start(config: Config): Promise<Decoder> {
    const hmm = this.module.get_model_path(MODELS[this.language]);
    const decoder = new this.module.Decoder({ hmm, loglevel: 'FATAL', samprate: 16_000, ...config });
    await decoder.initialize();
    return decoder;
  }

  /** A whole utterance of 16 kHz. Null: no path of the grammar reaches its end. */
  decode(decoder: Decoder, pcm: Float32Array): BestPath | null {
    decoder.start();
    try {
      decoder.process_audio(pcm, false, true);
    } finally {
      decoder.stop();
    }
    const text = decoder.get_text();
    if (!text) return null;
    this.#access._decoder_hyp((decoder as unknown as { cdecoder: number }).cdecoder, this.#score);
    const score = this.#access.HEAP32[this.#score >> 2] ?? 0;
    const frames = Math.max(1, pcm.length / FRAME_SAMPLES);
    return { text, segments: decoder.get_alignment().w ?? [], scorePerFrame: score / frames };
  }
}
