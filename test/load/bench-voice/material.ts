import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { AudioEngines, SpokenGrammar } from '@jiga/audio';

import type { VoiceActivityDetector } from '../../../libs/audio/src/engines/front-end/stages.js';
import { VOICE_WINDOW_SAMPLES } from '../../../libs/audio/src/ports/pcm.js';
import { commandGrammar } from '../../../libs/audio/src/understanding/grammar.js';
import { parsePattern } from '../../../libs/audio/src/understanding/pattern.js';
import { Understanding } from '../../../libs/audio/src/understanding/understanding.js';
import type { Intent } from '../../../libs/audio/src/understanding/intent.js';
import type { SessionVocabulary } from '../../../libs/audio/src/understanding/vocabulary.js';

export const RATE_HZ = 16_000;
export const VOICES = ['rms', 'slt', 'awb', 'kal16', 'kal'] as const;

/** A match as a session of OpenArena would know it. */
export const VOCABULARY: SessionVocabulary = {
  game: {
    places: ['red base', 'blue base', 'bridge', 'quad', 'a site', 'b site', 'mid'],
    weapons: ['railgun', 'rocket launcher', 'machinegun', 'shotgun', 'plasma gun'],
  },
  players: ['Sarge', 'Skelebot', 'Grunt', 'Gargoyle', 'Kyonshi', 'Merman'],
};
export const understanding = new Understanding('en', VOCABULARY);

/** Another match, for what is fitted: neither its names nor its places are those that are measured. */
export const FIT_VOCABULARY: SessionVocabulary = {
  game: {
    places: ['long', 'short', 'tower', 'tunnel', 'roof', 'garage', 'red flag', 'blue flag'],
    weapons: ['lightning gun', 'grenade launcher', 'gauntlet', 'rifle'],
  },
  players: ['Major', 'Angelyss', 'Rai', 'Beret', 'Neko', 'Tony'],
};

/** Whether two texts come to the same in a session: the same question, control or order about the same things. */
export function meansTheSame(session: Understanding, text: string, other: string): boolean {
  const [one, two] = [session.understand(text), session.understand(other)].map((intent) => intent && essence(intent));
  return text === other || (one !== null && one === two);
}

/** Without its wording, except where that is what is passed on. */
function essence(intent: Intent): string {
  const { kind, slots } = intent;
  if (kind === 'question') return JSON.stringify([kind, intent.topic, slots]);
  if (kind === 'control') return JSON.stringify([kind, intent.action]);
  return JSON.stringify([kind, intent.order, intent.order === 'relay' ? intent.text : slots]);
}

export const COMMANDS: readonly string[] = [
  'what is the score',
  'how long left',
  'where am i',
  'who killed me',
  'how am i doing',
  'what should i do',
  'what is my ammo',
  'where is the flag',
  'enemy at a site',
  'two enemies at red base',
  'need backup mid',
  'rush b site',
  'hold the bridge',
  'fall back',
  'follow me',
  'cover me',
  'i am low on health',
  'they have the flag',
  'skelebot is at the bridge',
  'they have the railgun',
  'be quiet',
  'only urgent',
  'repeat that',
  'slower',
  'louder',
];

const NUMBER = '(one | two | three | four | five | six | seven | eight | nine | zero)';
const RANK = '(ace | two | three | four | five | six | seven | eight | nine | ten | jack | queen | king)';
const SUIT = '(clubs | diamonds | hearts | spades)';

const NO_SLOTS = { place: [], weapon: [], player: [], count: [] };

/** Grammars of the recordings of people; sentences are recognised among those of the set. */
export const HUMAN_GRAMMARS: Readonly<Record<string, string>> = {
  card: `(${RANK} of ${SUIT} | ${RANK} ${RANK} of ${SUIT})`,
  goforward: `(go (forward | backward) ${RANK} (meter | meters) | stop)`,
  digits: `${NUMBER} [${NUMBER} [${NUMBER} [${NUMBER} [${NUMBER} [${NUMBER} [${NUMBER}]]]]]]`,
  lib:
    '(he was not an ill disposed young man | and mister john dashwood had then leisure to consider how much there might be ' +
    'prudently in his power to do for them | she was a very pretty woman)',
};

export function grammarOf(id: string, rule: string): SpokenGrammar {
  return { id, language: 'en', ...commandGrammar([parsePattern(rule)], NO_SLOTS, 'en') };
}

const fixture = (...path: string[]): string => join('test', 'fixtures', ...path);

/** Sounds at 16 kHz, mono. */
export class Material {
  readonly #spoken = new Map<string, Promise<Float32Array>>();

  constructor(private readonly engines: AudioEngines) {}

  /** A phrase with half a second of silence before and a second after it. */
  say(text: string, voice: string, rate = 1): Promise<Float32Array> {
    const key = `${voice} ${rate}: ${text}`;
    const known = this.#spoken.get(key) ?? this.#speak(text, voice, rate);
    this.#spoken.set(key, known);
    return known;
  }

  async read(...path: string[]): Promise<Float32Array> {
    const { channels, sampleRateHz } = await this.engines.decoder.decode(await readFile(fixture(...path)));
    const [first] = channels;
    if (!first) throw new Error(`no sound in ${path.join('/')}`);
    return this.engines.encoder.resample(first, sampleRateHz, RATE_HZ);
  }

  /** Fights of two games, made of their own sounds: 30 s each. */
  gameSounds(): Promise<Float32Array[]> {
    return Promise.all([this.read('freedoom', 'freedoom-fight.ogg'), this.read('openarena', 'openarena-fight.ogg')]);
  }

  async humanWords(): Promise<Record<string, string>> {
    return JSON.parse(await readFile(fixture('audio', 'human', 'refs.json'), 'utf8')) as Record<string, string>;
  }

  async #speak(text: string, voice: string, rate: number): Promise<Float32Array> {
    for await (const { pcm, sampleRateHz } of this.engines.speech.synthesise({
      text,
      voice,
      rate,
      quality: 'standard',
    })) {
      return padded(await this.engines.encoder.resample(pcm, sampleRateHz, RATE_HZ));
    }
    throw new Error(`nothing to say: ${text}`);
  }
}

/** The voice detector over a whole sound: its probability for each 32 ms. */
export const detectWith =
  (detector: VoiceActivityDetector) =>
  async (pcm: Float32Array): Promise<number[]> => {
    detector.reset();
    const found: number[] = [];
    for (let at = 0; at + VOICE_WINDOW_SAMPLES <= pcm.length; at += VOICE_WINDOW_SAMPLES)
      found.push(await detector.detect(pcm.subarray(at, at + VOICE_WINDOW_SAMPLES)));
    return found;
  };

export function padded(pcm: Float32Array): Float32Array {
  const out = new Float32Array(pcm.length + RATE_HZ * 1.5);
  out.set(pcm, RATE_HZ / 2);
  return out;
}

/** Speech with noise so many dB below it, by the power of the windows with speech and of the noise as a whole. */
export function mixed(speech: Float32Array, noise: Float32Array, snrDb: number, offset: number): Float32Array {
  const start = offset % (noise.length - speech.length);
  const part = noise.subarray(start, start + speech.length);
  const gain = activeRms(speech) / Math.max(1e-4, rms(part)) / 10 ** (snrDb / 20);
  return speech.map((value, at) => value + gain * (part[at] ?? 0));
}

/** Over the windows of 32 ms that are less than 20 dB below the loudest. */
function activeRms(pcm: Float32Array): number {
  const count = Math.floor(pcm.length / 512);
  const powers = Array.from({ length: count }, (_, at) => rms(pcm.subarray(at * 512, (at + 1) * 512)) ** 2);
  const active = powers.filter((power) => power > Math.max(...powers) / 100);
  return Math.sqrt(active.reduce((sum, power) => sum + power, 0) / Math.max(1, active.length));
}

export const rms = (pcm: Float32Array): number =>
  Math.sqrt(pcm.reduce((sum, value) => sum + value * value, 0) / Math.max(1, pcm.length));
