import type { AudioEngines, NoiseMode } from '@jiga/audio';

import { hear } from './hear.js';
import {
  COMMANDS,
  grammarOf,
  HUMAN_GRAMMARS,
  Material,
  meansTheSame,
  mixed,
  RATE_HZ,
  understanding,
} from './material.js';
import { OTHER_SPEECH } from './other-speech.js';

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
const LEVELS_DB = [20, 10, 5, 0] as const;

export class AccuracyBench {
  readonly #material: Material;
  #offset = 0;

  constructor(
    private readonly engines: AudioEngines,
    private readonly voices: readonly string[],
  ) {
    this.#material = new Material(engines);
  }

  async *rows(): AsyncGenerator<AccuracyRow> {
    const games = await this.#material.gameSounds();
    yield await this.#commands('commands, clean', 'off', (speech) => speech);
    for (const level of LEVELS_DB) {
      for (const noise of ['off', 'light', 'full'] as const) {
        const what = `commands, game ${level} dB, suppression ${noise}`;
        yield await this.#commands(what, noise, (speech) => this.#withGame(speech, games, level));
      }
    }
    yield await this.#nothing('other speech, clean', 'off', (speech) => speech);
    yield await this.#nothing('other speech, game 10 dB, full', 'full', (speech) => this.#withGame(speech, games, 10));
    yield await this.#people();
    yield await this.#noWords(games);
  }

  async #commands(
    what: string,
    noise: NoiseMode,
    change: (speech: Float32Array) => Float32Array,
  ): Promise<AccuracyRow> {
    let [sounds, right, wrong] = [0, 0, 0];
    for (const voice of this.voices) {
      for (const text of COMMANDS) {
        const speech = change(await this.#material.say(text, voice));
        const heard = await hear(this.engines, speech, noise, understanding.grammar);
        const isRight = heard.length === 1 && meansTheSame(understanding, heard[0]?.text ?? '', text);
        sounds += 1;
        right += Number(isRight);
        wrong += Number(!isRight && heard.length > 0);
      }
    }
    return { what, sounds, right, wrong };
  }

  async #nothing(what: string, noise: NoiseMode, change: (speech: Float32Array) => Float32Array): Promise<AccuracyRow> {
    let [sounds, wrong] = [0, 0];
    for (const voice of this.voices) {
      for (const text of OTHER_SPEECH) {
        const speech = change(await this.#material.say(text, voice));
        const heard = await hear(this.engines, speech, noise, understanding.grammar);
        sounds += 1;
        wrong += Number(heard.length > 0);
      }
    }
    return { what, sounds, right: sounds - wrong, wrong };
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

  #withGame(speech: Float32Array, games: readonly Float32Array[], level: number): Float32Array {
    this.#offset += STEP;
    return mixed(speech, games[this.#offset % games.length] ?? speech, level, this.#offset);
  }
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
