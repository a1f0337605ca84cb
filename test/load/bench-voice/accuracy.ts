import type { AudioEngines, NoiseMode, SpokenCommand } from '@jiga/audio';

import { hear } from './hear.js';
import {
  grammarOf,
  HUMAN_GRAMMARS,
  Material,
  meansTheSame,
  mixed,
  RATE_HZ,
  understanding,
  VOCABULARY,
} from './material.js';
import { OTHER_SPEECH } from './other-speech.js';
import { sampleCommands } from './phrases.js';

/** One row of the table. */
export interface AccuracyRow {
  readonly what: string;
  readonly sounds: number;
  /** Commands understood as meant, or sounds of which nothing was made where nothing was to be. */
  readonly right: number;
  /** Accepted as another command, or as one at all. */
  readonly wrong: number;
}

/** Steps through the game sounds, so that no two phrases have the same. */
const STEP = 37_777;
/** Level of the speech above the game in dB, null without a game, and the suppression. */
type Condition = readonly [level: number | null, noise: NoiseMode];
const CONDITIONS: readonly Condition[] = [
  [null, 'full'],
  [20, 'full'],
  [10, 'full'],
  [10, 'light'],
  [5, 'full'],
];
/** Commands of a row, and the seed that they are drawn by: another one than that of the fit. */
const PHRASES = 120;
const SEED = 5;
const RATES = [1, 0.9, 1.1, 1.2] as const;

const nameOf = (level: number | null): string => (level === null ? 'clean' : `game ${level} dB`);

export class AccuracyBench {
  readonly #material: Material;

  constructor(
    private readonly engines: AudioEngines,
    private readonly voices: readonly string[],
  ) {
    this.#material = new Material(engines);
  }

  /** Each phrase is spoken by one of the voices in turn, at one of four rates. */
  async *rows(): AsyncGenerator<AccuracyRow> {
    const games = await this.#material.gameSounds();
    for (const [level, noise] of CONDITIONS) yield await this.#commands(level, noise, games);
    for (const level of [null, 10]) yield await this.#otherSpeech(level, games);
    yield await this.#people();
    yield await this.#noWords(games);
  }

  async #commands(level: number | null, noise: NoiseMode, games: readonly Float32Array[]): Promise<AccuracyRow> {
    const phrases = sampleCommands(PHRASES, SEED, VOCABULARY);
    const all = await inPairs(phrases, async (text, index) => {
      const heard = await this.#hear(text, index, [level, noise], games);
      const isRight = heard.length === 1 && meansTheSame(understanding, heard[0]?.text ?? '', text);
      return { isRight, isWrong: !isRight && heard.length > 0 };
    });
    const right = all.filter(({ isRight }) => isRight).length;
    const wrong = all.filter(({ isWrong }) => isWrong).length;
    return { what: `commands, ${nameOf(level)}, suppression ${noise}`, sounds: phrases.length, right, wrong };
  }

  async #otherSpeech(level: number | null, games: readonly Float32Array[]): Promise<AccuracyRow> {
    const all = await inPairs(OTHER_SPEECH, (text, index) => this.#hear(text, index, [level, 'full'], games));
    const wrong = all.filter((heard) => heard.length > 0).length;
    const sounds = OTHER_SPEECH.length;
    return { what: `other speech, ${nameOf(level)}, suppression full`, sounds, right: sounds - wrong, wrong };
  }

  async #hear(
    text: string,
    index: number,
    [level, noise]: Condition,
    games: readonly Float32Array[],
  ): Promise<SpokenCommand[]> {
    const voice = this.voices[index % this.voices.length] ?? 'rms';
    const speech = await this.#material.say(text, voice, RATES[(index * 7) % RATES.length]);
    const pcm = level === null ? speech : withGame(speech, games, level, index);
    return hear(this.engines, pcm, noise, understanding.grammar);
  }

  /** Recordings of people, each under its own grammar. */
  async #people(): Promise<AccuracyRow> {
    const words = Object.entries(await this.#material.humanWords());
    let [right, wrong] = [0, 0];
    for (const [name, text] of words) {
      const id = name.replace(/-.*$/, '');
      const speech = await this.#material.read('audio', 'human', `${name}.wav`);
      const silence = new Float32Array(RATE_HZ);
      const pcm = Float32Array.from([...silence, ...speech, ...silence]);
      const heard = await hear(this.engines, pcm, 'off', grammarOf(id, HUMAN_GRAMMARS[id] ?? ''));
      const isRight = heard.map((command) => command.text).join(' ') === text;
      right += Number(isRight);
      wrong += Number(!isRight && heard.length > 0);
      if (!isRight) console.log(`  ${name}: heard ${heard.map((command) => command.text).join(' / ') || 'nothing'}`);
    }
    return { what: 'people, own grammars', sounds: words.length, right, wrong };
  }

  /** Silence, music and the fights, ten seconds at a time: every word is one too many. */
  async #noWords(games: readonly Float32Array[]): Promise<AccuracyRow> {
    const tenSeconds = RATE_HZ * 10;
    const parts = games.flatMap((game) =>
      [0, 1, 2].map((part) => game.slice(part * tenSeconds, (part + 1) * tenSeconds)),
    );
    const sounds = [...parts, new Float32Array(tenSeconds), music(tenSeconds)];
    let wrong = 0;
    for (const sound of sounds) {
      for (const noise of ['off', 'full'] as const) {
        wrong += (await hear(this.engines, sound, noise, understanding.grammar)).length;
      }
    }
    return { what: 'silence, music, gunfire', sounds: sounds.length * 2, right: sounds.length * 2 - wrong, wrong };
  }
}

/** Each phrase has another part of the sounds, the same one every time. */
function withGame(speech: Float32Array, games: readonly Float32Array[], level: number, index: number): Float32Array {
  const offset = (index + 1) * STEP;
  return mixed(speech, games[offset % games.length] ?? speech, level, offset);
}

/** The results in order, two at work at a time: cleaning one sound leaves the recogniser idle. */
async function inPairs<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1], next[0]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Chords of three tones with overtones, four a second. */
function music(samples: number): Float32Array {
  const roots = [220, 174.6, 261.6, 196];
  return Float32Array.from({ length: samples }, (_, at) => {
    const t = at / RATE_HZ;
    const beat = Math.floor(t * 4);
    const root = roots[Math.floor(beat / 4) % roots.length] ?? 220;
    const decay = Math.exp(-6 * (t * 4 - beat));
    const tones = [1, 1.25, 1.5].flatMap((ratio) =>
      [1, 2, 3].map((over) => Math.sin(2 * Math.PI * root * ratio * over * t) / over),
    );
    return (0.1 + 0.2 * decay) * tones.reduce((sum, tone) => sum + tone, 0) * 0.4;
  });
}
