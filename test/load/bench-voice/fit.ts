import type { AudioEngines, NoiseMode } from '@jiga/audio';

import { witnessesOf } from '../../../libs/audio/src/engines/commands/judgement.js';
import { modelPhones } from '../../../libs/audio/src/engines/commands/phone-maps.js';
import { CommandDecoder } from '../../../libs/audio/src/engines/commands/sound-swallower.js';
import { utteranceOf } from '../../../libs/audio/src/engines/commands/utterance.js';
import { loadSilero } from '../../../libs/audio/src/engines/front-end/silero.js';
import { Flite } from '../../../libs/audio/src/engines/speech/flite.js';
import type { PlayerTurn } from '../../../libs/audio/src/turns/turn-detector.js';
import { openStream, turnsOf, windowsOf } from './hear.js';
import { fitLogistic, probability, type LogisticModel, type Observation } from './logistic.js';
import { detectWith, FIT_VOCABULARY, Material, meansTheSame, mixed, RATE_HZ, VOICES } from './material.js';
import { FIT_SPEECH } from './fit-speech.js';
import { sampleCommands, seeded } from './phrases.js';
import { Understanding } from '../../../libs/audio/src/understanding/understanding.js';

/** A recognition, who spoke (empty: nobody), and whether it is right. */
interface Judged extends Observation {
  readonly voice: string;
  readonly kind: 'command' | 'speech' | 'noise';
}

interface Condition {
  readonly level: number | null;
  readonly noise: NoiseMode;
}

export interface FitResult {
  readonly names: readonly string[];
  readonly model: LogisticModel;
  /** Each voice, with its phrases, by a model of the others: shares that pass at a half. */
  readonly held: readonly { readonly what: string; readonly of: number; readonly passed: number }[];
}

/** Another seed than that of the accuracy bench. */
const SEED = 11;
/** Pieces of game sound without speech. */
const NOISES = 60;
const RATES = [1, 0.9, 1.1, 1.2] as const;
const COMMAND_CONDITIONS: readonly Condition[] = [
  { level: null, noise: 'full' },
  { level: 20, noise: 'full' },
  { level: 10, noise: 'full' },
  { level: 10, noise: 'light' },
];
const SPEECH_CONDITIONS = COMMAND_CONDITIONS.filter(({ level, noise }) => level !== 20 && noise === 'full');

/** Fits the judgement's model to what the decoder makes of commands, other speech and game sound. */
export class JudgementFit {
  readonly #understanding = new Understanding('en', FIT_VOCABULARY);
  readonly #material: Material;
  readonly #random = seeded(SEED);

  private constructor(
    private readonly engines: AudioEngines,
    private readonly decoder: CommandDecoder,
    private readonly detect: (pcm: Float32Array) => Promise<number[]>,
  ) {
    this.#material = new Material(engines);
  }

  static async load(engines: AudioEngines): Promise<JudgementFit> {
    const detector = (await loadSilero())();
    const flite = await Flite.load();
    const decoder = await CommandDecoder.load('en', (word, language) =>
      Promise.resolve(modelPhones(flite.phones(word), language)),
    );
    return new JudgementFit(engines, decoder, detectWith(detector));
  }

  async run(phrases: number): Promise<FitResult> {
    await this.decoder.use(this.#understanding.grammar);
    const judged = [...(await this.#commands(phrases)), ...(await this.#otherSpeech()), ...(await this.#noise(NOISES))];
    // Each phrase is spoken by one voice: who leaves out a voice leaves out what it says as well.
    const held = VOICES.flatMap((voice) => {
      const model = fitLogistic(judged.filter((one) => one.voice !== voice));
      return judged
        .filter((one) => one.voice === voice)
        .map((one) => ({ one, passes: probability(model, one.values) >= 0.5 }));
    });
    const share = (what: string, is: (one: Judged) => boolean): FitResult['held'][number] => {
      const of = held.filter(({ one }) => is(one));
      return { what, of: of.length, passed: of.filter(({ passes }) => passes).length };
    };
    return {
      names: this.#names,
      model: fitLogistic(judged),
      held: [
        share('right commands', ({ isTrue }) => isTrue),
        share('wrong commands', ({ kind, isTrue }) => kind === 'command' && !isTrue),
        share('other speech', ({ kind }) => kind === 'speech'),
      ],
    };
  }

  #names: readonly string[] = [];

  async #commands(phrases: number): Promise<Judged[]> {
    const found: Judged[] = [];
    for (const [index, text] of sampleCommands(phrases, SEED, FIT_VOCABULARY).entries()) {
      const isRight = (heard: string): boolean => meansTheSame(this.#understanding, heard, text);
      found.push(...(await this.#spoken(text, index, COMMAND_CONDITIONS, 'command', isRight)));
    }
    return found;
  }

  async #otherSpeech(): Promise<Judged[]> {
    const found: Judged[] = [];
    for (const [index, text] of FIT_SPEECH.entries())
      found.push(...(await this.#spoken(text, index, SPEECH_CONDITIONS, 'speech', () => false)));
    return found;
  }

  async #spoken(
    text: string,
    index: number,
    conditions: readonly Condition[],
    ...[kind, isRight]: [kind: Judged['kind'], isRight: (heard: string) => boolean]
  ): Promise<Judged[]> {
    const voice = VOICES[index % VOICES.length] ?? 'rms';
    const speech = await this.#material.say(text, voice, RATES[Math.floor(this.#random() * RATES.length)]);
    const games = await this.#material.gameSounds();
    const found: Judged[] = [];
    const heard = conditions.map(({ level, noise }) => {
      const game = games[index % games.length] ?? speech;
      const pcm = level === null ? speech : mixed(speech, game, level, Math.floor(this.#random() * 1e6));
      return this.#turns(pcm, noise);
    });
    for (const turns of await Promise.all(heard))
      for (const judged of await this.#judged(turns, isRight)) found.push({ ...judged, voice, kind });
    return found;
  }

  async #noise(count: number): Promise<Judged[]> {
    const games = await this.#material.gameSounds();
    const found: Judged[] = [];
    for (let index = 0; index < count; index++) {
      const game = games[index % games.length] ?? new Float32Array(RATE_HZ);
      const from = Math.floor(this.#random() * (game.length - 6 * RATE_HZ));
      const pcm = game.slice(from, from + Math.floor((2 + 4 * this.#random()) * RATE_HZ));
      const heard = (['off', 'light', 'full'] as const).map((noise) => this.#turns(pcm, noise));
      for (const turns of await Promise.all(heard))
        for (const judged of await this.#judged(turns, () => false))
          found.push({ ...judged, voice: '', kind: 'noise' });
    }
    return found;
  }

  async #turns(pcm: Float32Array, noise: NoiseMode): Promise<PlayerTurn[]> {
    const stream = openStream(this.engines, noise);
    try {
      return turnsOf(await windowsOf(stream, pcm));
    } finally {
      stream.close();
    }
  }

  async #judged(turns: readonly PlayerTurn[], isRight: (heard: string) => boolean): Promise<Observation[]> {
    const found: Observation[] = [];
    for (const turn of turns) {
      const utterance = utteranceOf(turn.pcm, await this.detect(turn.pcm));
      const recognition = utterance && this.decoder.recognise(utterance.pcm);
      if (!recognition) continue;
      const witnesses = witnessesOf(recognition, utterance);
      this.#names = Object.keys(witnesses);
      found.push({ values: Object.values(witnesses), isTrue: isRight(recognition.text) });
    }
    return found;
  }
}
