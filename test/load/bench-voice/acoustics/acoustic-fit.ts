import { join } from 'node:path';

import type { AudioEngines, NoiseMode } from '@jiga/audio';
import type { Decoder } from 'soundswallower';

import { DecoderKit, type ModelFiles } from '../../../../libs/audio/src/engines/commands/decoder-kit.js';
import { modelPhones } from '../../../../libs/audio/src/engines/commands/phone-maps.js';
import { utteranceOf, withFloor } from '../../../../libs/audio/src/engines/commands/utterance.js';
import { loadSilero } from '../../../../libs/audio/src/engines/front-end/silero.js';
import { packageFile } from '../../../../libs/audio/src/engines/package-file.js';
import { Flite } from '../../../../libs/audio/src/engines/speech/flite.js';
import { FIT_SPEECH } from '../fit-speech.js';
import { openStream, windowsOf } from '../hear.js';
import { detectWith, FIT_VOCABULARY, Material, mixed, VOICES } from '../material.js';
import { sampleCommands, seeded } from '../phrases.js';
import { Cepstra } from './cepstra.js';
import { GaussianSums } from './gaussian-sums.js';
import { readCodebooks, readGaussians, writeGaussians } from './model-files.js';

const SEED = 12;
const RATES = [1, 0.9, 1.1, 1.2] as const;
const CONDITIONS: readonly (readonly [level: number | null, noise: NoiseMode])[] = [
  [null, 'full'],
  [15, 'full'],
  [10, 'full'],
  [10, 'light'],
  [6, 'full'],
];
/** As the model in libs/audio/models tells of itself. */
const FILTER_BANK = { fromHz: 130, toHz: 6800, bands: 25 };
/** What the model's Gaussians count for against what is heard, in frames of 10 ms. */
const PRIOR_FRAMES = 5;
/** Nothing may be lost on the way through a known text. */
const WIDE = { beam: 1e-80, wbeam: 1e-60, pbeam: 1e-80 };
const SAMPLES_PER_MS = 16;

interface Said {
  readonly clean: Float32Array;
  /** The phone of each 10 ms where one is known. */
  readonly phones: readonly number[];
  readonly startMs: number;
}

/**
 * Adapts the English model to speech beside a game, as noise suppression leaves it. Which phone and which Gaussian a frame
 * belongs to is found in the same speech without the game ("single-pass retraining"), which noise cannot mislead.
 * @see M. J. F. Gales, "Model-based techniques for noise robust speech recognition", Cambridge 1995
 */
export class AcousticFit {
  readonly #material: Material;
  readonly #random = seeded(SEED);
  readonly #cepstra = new Cepstra(FILTER_BANK);

  private constructor(
    private readonly engines: AudioEngines,
    private readonly decoder: Decoder,
    private readonly flite: Flite,
    private readonly detect: (pcm: Float32Array) => Promise<number[]>,
    private readonly base: string,
  ) {
    this.#material = new Material(engines);
  }

  /** @param base folder of the model that is adapted, `cmusphinx-en-us-ptm-5.2` in the files of SoundSwallower */
  static async load(engines: AudioEngines, base: string): Promise<AcousticFit> {
    const model: ModelFiles = { folder: base, dictionary: packageFile('soundswallower', 'model', 'en-us', 'dict.txt') };
    const decoder = await (await DecoderKit.load('en', model)).start(WIDE);
    return new AcousticFit(engines, decoder, await Flite.load(), detectWith((await loadSilero())()), base);
  }

  /** Writes `means` and `variances` into a folder; gives the number of frames they are fitted to. */
  async run(phrases: number, folder: string): Promise<number> {
    const codebooks = await readCodebooks(this.base);
    const [means, variances] = await Promise.all([
      readGaussians(this.base, 'means'),
      readGaussians(this.base, 'variances'),
    ]);
    const sums = new GaussianSums(codebooks, means.values, variances.values);
    let frames = 0;
    for (const [index, text] of [...sampleCommands(phrases, SEED, FIT_VOCABULARY), ...FIT_SPEECH].entries()) {
      const speech = await this.#material.say(text, VOICES[index % VOICES.length] ?? 'rms', this.#pick(RATES));
      const said = await this.#align(text, speech, codebooks.phones);
      if (said) frames += await this.#addConditions(said, speech, index, sums);
    }
    const adapted = sums.adapted(PRIOR_FRAMES);
    await writeGaussians(folder, 'means', means.with(adapted.means));
    await writeGaussians(folder, 'variances', variances.with(adapted.variances));
    return frames;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  async #align(text: string, speech: Float32Array, phones: readonly string[]): Promise<Said | null> {
    const utterance = utteranceOf(speech, await this.detect(speech));
    if (!utterance) return null;
    for (const word of text.split(' '))
      if (this.decoder.lookup_word(word) === null)
        this.decoder.add_words([word, modelPhones(this.flite.phones(word), 'en')]);
    this.decoder.set_align_text(text);
    this.decoder.start();
    this.decoder.process_audio(utterance.pcm, false, true);
    this.decoder.stop();
    if (!this.decoder.get_text()) return null;
    const found: number[] = [];
    for (const { w: spoken = [] } of this.decoder.get_alignment({ align_level: 1 }).w ?? [])
      for (const { t: phone, b: start, d: length } of spoken)
        for (let frame = Math.round(start * 100); frame < Math.round((start + length) * 100); frame++)
          found[frame] = phones.indexOf(phone);
    return { clean: utterance.pcm, phones: found, startMs: utterance.startMs };
  }

  async #addConditions(said: Said, speech: Float32Array, index: number, sums: GaussianSums): Promise<number> {
    const games = await this.#material.gameSounds();
    const clean = this.#cepstra.features(said.clean);
    let frames = 0;
    for (const [at, [level, noise]] of CONDITIONS.entries()) {
      const game = games[(index + at) % games.length] ?? speech;
      const heard = level === null ? speech : mixed(speech, game, level, Math.floor(this.#random() * 1e6));
      const from = said.startMs * SAMPLES_PER_MS;
      const noisy = (await this.#suppressed(heard, noise)).slice(from, from + said.clean.length);
      for (const [frame, feature] of this.#cepstra.features(withFloor(noisy)).entries()) {
        const phone = said.phones[frame];
        const truth = clean[frame];
        if (phone === undefined || phone < 0 || !truth) continue;
        sums.add(phone, truth, feature);
        frames++;
      }
    }
    return frames;
  }

  async #suppressed(pcm: Float32Array, noise: NoiseMode): Promise<Float32Array> {
    const stream = openStream(this.engines, noise);
    try {
      const windows = await windowsOf(stream, pcm);
      return Float32Array.from(windows.flatMap((window) => [...window.pcm]));
    } finally {
      stream.close();
    }
  }
}

/** The model's folder in the sources. */
export const SHIPPED_MODEL = join('libs', 'audio', 'models', 'en-us');
