import type { AudioEngines, NoiseMode } from '@jiga/audio';

import { openStream, windowsOf } from './hear.js';
import { COMMANDS, Material, mixed, rms } from './material.js';

export interface DetectionRow {
  readonly what: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const WINDOW = 512;
/** Part of its loudest window from which on a window of clean speech counts as voiced. */
const VOICED = 0.05;
/** Words go on through short dips: the detector is not to follow them. */
const HANG_WINDOWS = 8;
const THRESHOLD = 0.5;

/** Windows of clean speech that are voiced, by their power. */
function truthOf(speech: Float32Array): boolean[] {
  const levels = Array.from({ length: Math.floor(speech.length / WINDOW) }, (_, at) =>
    rms(speech.subarray(at * WINDOW, (at + 1) * WINDOW)),
  );
  const least = Math.max(...levels) * VOICED;
  return held(levels.map((level) => level > least));
}

const held = (windows: readonly boolean[]): boolean[] =>
  windows.map((_, at) => windows.slice(Math.max(0, at - HANG_WINDOWS), at + 1).includes(true));

/** How well the windows of speech are told from the others, in game sound. */
export async function benchDetection(engines: AudioEngines): Promise<DetectionRow[]> {
  const material = new Material(engines);
  const games = await material.gameSounds();
  const rows: DetectionRow[] = [];
  for (const level of [null, 10, 0]) {
    for (const noise of ['off', 'full'] as const) rows.push(await rowOf(engines, material, games, level, noise));
  }
  return rows;
}

async function rowOf(
  engines: AudioEngines,
  material: Material,
  games: readonly Float32Array[],
  ...[level, noise]: [level: number | null, noise: NoiseMode]
): Promise<DetectionRow> {
  let [hits, misses, phantoms] = [0, 0, 0];
  for (const [index, text] of COMMANDS.entries()) {
    const speech = await material.say(text, index % 2 === 0 ? 'rms' : 'slt');
    const game = games[index % games.length] ?? speech;
    const stream = openStream(engines, noise);
    const windows = await windowsOf(stream, level === null ? speech : mixed(speech, game, level, index * 37_777));
    stream.close();
    const found = held(windows.map(({ speechProbability }) => speechProbability >= THRESHOLD));
    for (const [at, isSpeech] of truthOf(speech).entries()) {
      // The last windows are still inside of the suppression when the sound ends.
      const isFound = found[at] ?? false;
      hits += Number(isSpeech && isFound);
      misses += Number(isSpeech && !isFound);
      phantoms += Number(!isSpeech && isFound);
    }
  }
  const [precision, recall] = [hits / (hits + phantoms), hits / (hits + misses)];
  const what = `${level === null ? 'clean' : `game ${level} dB`}, suppression ${noise}`;
  return { what, precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}
