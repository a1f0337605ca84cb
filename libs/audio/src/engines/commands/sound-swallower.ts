import type { Config, Decoder } from 'soundswallower';

import type { CommandLanguage, RecognisedWord, SpokenGrammar } from '../../ports/recognition.port.js';
import { DecoderKit } from './decoder-kit.js';
import { PhoneLoop } from './phone-loop.js';

/** Words added to a dictionary before it is made anew: players' names come and go, memory must not. */
const MAX_ADDED_WORDS = 20_000;
/** Wider than the defaults: in noise the right path falls behind for a while, and is lost in narrow ones. */
const CONFIG: Config = { beam: 1e-90, wbeam: 1e-70, pbeam: 1e-90 };

/** What was recognised, before it is judged. */
export interface Recognition {
  readonly text: string;
  readonly words: readonly RecognisedWord[];
  /** Log score of the words for each frame of 10 ms, in the decoder's units. */
  readonly score: number;
  /** The same of any phones in any order. */
  readonly phoneScore: number;
}

/** Spells a word in the phones of the language's model; empty when it cannot. */
export type Speller = (word: string, language: CommandLanguage) => Promise<string>;

/**
 * One language's decoder with one grammar at a time, and the phones that its results are measured against. Blocks its thread
 * for about 50 ms per second of speech, and 5 ms for a new grammar.
 */
export class CommandDecoder {
  #grammarId: string | null = null;
  #addedWords = 0;

  private constructor(
    private readonly kit: DecoderKit,
    private decoder: Decoder,
    private readonly phones: PhoneLoop,
    private readonly language: CommandLanguage,
    private readonly spell: Speller,
  ) {}

  static async load(language: CommandLanguage, spell: Speller): Promise<CommandDecoder> {
    const kit = await DecoderKit.load(language);
    return new CommandDecoder(kit, await kit.start(CONFIG), await PhoneLoop.load(kit), language, spell);
  }

  /** Makes the grammar the current one. Rejects with RangeError for one that cannot be. */
  async use(grammar: SpokenGrammar): Promise<void> {
    if (this.#grammarId === grammar.id) return;
    this.#grammarId = null;
    await this.#addWords(grammar);
    try {
      this.kit.setGraph(this.decoder, grammar.graph);
    } catch (error) {
      throw new RangeError('The grammar cannot be used', { cause: error });
    }
    this.#grammarId = grammar.id;
  }

  /** One utterance of 16 kHz. Null: nothing of the grammar. */
  recognise(pcm: Float32Array): Recognition | null {
    const path = this.kit.decode(this.decoder, pcm);
    const phoneScore = path && this.phones.scorePerFrame(pcm);
    if (!path || phoneScore === null) return null;
    const words = path.segments
      .filter(({ t }) => !/^[<([]/.test(t))
      .map(({ t, b, d }) => ({
        text: t.replace(/\(\d+\)$/, ''),
        startMs: b * 1000,
        endMs: (b + d) * 1000,
      }));
    return { text: path.text, words, score: path.scorePerFrame, phoneScore };
  }

  async #addWords(grammar: SpokenGrammar): Promise<void> {
    const { words } = grammar;
    const pronunciations = new Map(Object.entries(grammar.pronunciations ?? {}));
    if (this.#addedWords + words.length > MAX_ADDED_WORDS) {
      this.decoder.delete();
      this.decoder = await this.kit.start(CONFIG);
      this.#addedWords = 0;
    }
    for (const word of words) {
      if (this.decoder.lookup_word(word) !== null) continue;
      const phones = pronunciations.get(word) ?? (await this.spell(word, this.language));
      if (!phones) throw new RangeError(`It is not known how to say the word ${word}`);
      this.decoder.add_words([word, phones]);
      this.#addedWords += 1;
    }
  }
}
