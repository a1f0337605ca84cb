import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import createModule from 'soundswallower';
import type { Config, Decoder, Segment, SoundSwallowerModule } from 'soundswallower';

import type { CommandLanguage, WordGraph } from '../../ports/recognition.port.js';
import { packageFile } from '../package-file.js';

/**
 * English comes beside the sources, also for the build in dist/: the package's own model is one of telephone speech (up to
 * 3.7 kHz), which hears worse what people say in noise. French and both dictionaries are the package's.
 */
const ENGLISH = fileURLToPath(new URL('../../../models/en-us', import.meta.url.replace('/dist/libs/', '/libs/')));
const packaged = (...path: string[]): string => packageFile('soundswallower', 'model', ...path);
const MODELS: Readonly<Record<CommandLanguage, () => ModelFiles>> = {
  en: () => ({ folder: ENGLISH, dictionary: packaged('en-us', 'dict.txt') }),
  fr: () => ({ folder: packaged('fr-fr'), dictionary: packaged('fr-fr', 'dict.txt') }),
};
/** The decoder's frames are 10 ms long. */
const FRAME_SAMPLES = 160;

/** Where a language's model is. */
export interface ModelFiles {
  readonly folder: string;
  readonly dictionary: string;
}

/** Of the module what its types leave out. Numbers that are no counts are addresses. */
interface NativeCalls {
  readonly HEAP32: Int32Array;
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _decoder_logmath(decoder: number): number;
  /** The best path; its score goes to an address. */
  _decoder_hyp(decoder: number, score: number): number;
  /** Negative: refused. The decoder owns the graph from then on. */
  _decoder_set_fsg(decoder: number, graph: number): number;
  _fsg_model_init(name: number, logmath: number, weight: number, states: number): number;
  _fsg_set_states(graph: number, start: number, end: number): void;
  /** Gives the word's number. */
  _fsg_model_word_add(graph: number, word: number): number;
  _fsg_model_trans_add(graph: number, from: number, to: number, logProbability: number, word: number): void;
  _fsg_model_null_trans_add(graph: number, from: number, to: number, logProbability: number): number;
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
  readonly #native: NativeCalls;
  readonly #score: number;

  private constructor(
    private readonly module: SoundSwallowerModule,
    private readonly model: ModelFiles,
  ) {
    this.#native = module as unknown as NativeCalls;
    this.#score = this.#native._malloc(4);
  }

  /** @param model another than the language's */
  static async load(language: CommandLanguage, model: ModelFiles = MODELS[language]()): Promise<DecoderKit> {
    return new DecoderKit(await createModule(), model);
  }

  /** Names of the model's phones, noises and silence left out. */
  async phones(): Promise<string[]> {
    const file = await readFile(join(this.model.folder, 'phoneset.json'), 'utf8');
    const names = Object.keys(JSON.parse(file) as Record<string, string>);
    return names.filter((name) => name !== 'SIL' && !name.startsWith('+'));
  }

  async start(config: Config): Promise<Decoder> {
    const { folder: hmm, dictionary: dict } = this.model;
    const decoder = new this.module.Decoder({ hmm, dict, loglevel: 'FATAL', samprate: 16_000, ...config });
    await decoder.initialize();
    return decoder;
  }

  /** What may be said from now on. Throws an Error when the decoder does not take it, and then has no grammar. */
  setGraph(decoder: Decoder, { states, start, ends, arcs }: WordGraph): void {
    const native = this.#native;
    const weight = Number(decoder.get_config('lw'));
    const graph = this.#withText('graph', (name) =>
      // The decoder's graphs have one end; the state after the last is that of all.
      native._fsg_model_init(name, native._decoder_logmath(addressOf(decoder)), weight, states + 1),
    );
    native._fsg_set_states(graph, start, states);
    for (const [from, to, word] of arcs) {
      const id = this.#withText(word, (text) => native._fsg_model_word_add(graph, text));
      native._fsg_model_trans_add(graph, from, to, 0, id);
    }
    for (const end of ends) native._fsg_model_null_trans_add(graph, end, states, 0);
    if (native._decoder_set_fsg(addressOf(decoder), graph) < 0) throw new Error('The decoder refuses the graph');
  }

  #withText<T>(text: string, use: (address: number) => T): T {
    const bytes = Buffer.from(`${text}\0`);
    const address = this.#native._malloc(bytes.length);
    this.#native.HEAPU8.set(bytes, address);
    try {
      return use(address);
    } finally {
      this.#native._free(address);
    }
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
    this.#native._decoder_hyp(addressOf(decoder), this.#score);
    const score = this.#native.HEAP32[this.#score >> 2] ?? 0;
    const frames = Math.max(1, pcm.length / FRAME_SAMPLES);
    return { text, segments: decoder.get_alignment().w ?? [], scorePerFrame: score / frames };
  }
}

const addressOf = (decoder: Decoder): number => (decoder as unknown as { cdecoder: number }).cdecoder;
