import { join } from 'node:path';
import createModule from 'soundswallower';
import type { Decoder, SoundSwallowerModule } from 'soundswallower';

import { AppError } from '@jiga/contracts';

import type { CommandLanguage, RecognisedWord, SpokenGrammar } from '../../ports/recognition.port.js';
import { packageFile } from '../package-file.js';

const MODELS: Readonly<Record<CommandLanguage, string>> = { en: 'en-us', fr: 'fr-fr' };
/** Words added to a dictionary before it is made anew: players' names come and go, memory must not. */
const MAX_ADDED_WORDS = 20_000;

/** What was recognised, before it is judged. */
export interface Recognition {
  readonly text: string;
  readonly words: readonly RecognisedWord[];
}

/** Spells a word in the phones of the language's model; empty when it cannot. */
export type Speller = (word: string, language: CommandLanguage) => Promise<string>;

/**
 * One SoundSwallower decoder with one language's model and one grammar at a time. Blocks its thread for about 60 ms per
 * second of speech, and 10 to 60 ms for a new grammar.
 * @see https://github.com/ReadAlongs/SoundSwallower (MIT; models CMU and LIUM, BSD-like)
 */
export class CommandDecoder {
  #grammarId: string | null = null;
  #addedWords = 0;

  private constructor(
    private readonly module: SoundSwallowerModule,
    private decoder: Decoder,
    private readonly language: CommandLanguage,
    private readonly spell: Speller,
  ) {}

  static async load(language: CommandLanguage, spell: Speller): Promise<CommandDecoder> {
    // Not in the package's types: where the models are; the default is below the working directory.
    const options: object = { modelBase: join(packageFile('soundswallower'), 'model/') };
    const module = await createModule(options);
    return new CommandDecoder(module, await startDecoder(module, language), language, spell);
  }

  /** Makes the grammar the current one. Errors: `invalid_grammar`. */
  async use(grammar: SpokenGrammar): Promise<void> {
    if (this.#grammarId === grammar.id) return;
    this.#grammarId = null;
    await this.#addWords(grammar);
    try {
      this.decoder.set_grammar(grammar.jsgf);
    } catch (error) {
      throw new AppError('invalid_grammar', undefined, { cause: error });
    }
    this.#grammarId = grammar.id;
  }

  /** One utterance of 16 kHz. Null: nothing of the grammar. */
  recognise(pcm: Float32Array): Recognition | null {
    const { decoder } = this;
    decoder.start();
    try {
      decoder.process_audio(pcm, false, true);
    } finally {
      decoder.stop();
    }
    const text = decoder.get_text();
    if (!text) return null;
    const found = decoder.get_alignment().w ?? [];
    const words = found
      .filter(({ t }) => !/^[<([]/.test(t))
      .map(({ t, b, d, p }) => ({
        text: t.replace(/\(\d+\)$/, ''),
        confidence: p,
        startMs: b * 1000,
        endMs: (b + d) * 1000,
      }));
    return { text, words };
  }

  close(): void {
    this.decoder.delete();
  }

  async #addWords({ words, pronunciations = {} }: SpokenGrammar): Promise<void> {
    if (this.#addedWords + words.length > MAX_ADDED_WORDS) {
      this.decoder.delete();
      this.decoder = await startDecoder(this.module, this.language);
      this.#addedWords = 0;
    }
    for (const word of words) {
      if (this.decoder.lookup_word(word) !== null) continue;
      const phones = pronunciations[word] ?? (await this.spell(word, this.language));
      if (!phones) throw new AppError('invalid_grammar', `It is not known how to say the word ${word}`);
      this.decoder.add_words([word, phones]);
      this.#addedWords += 1;
    }
  }
}

async function startDecoder(module: SoundSwallowerModule, language: CommandLanguage): Promise<Decoder> {
  const hmm = module.get_model_path(MODELS[language]);
  const decoder = new module.Decoder({ hmm, loglevel: 'FATAL', samprate: 16_000 });
  await decoder.initialize();
  return decoder;
}
