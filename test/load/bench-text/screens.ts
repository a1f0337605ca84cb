import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A picture of a game and what is written on it, by kind. */
export interface Screen {
  readonly file: string;
  readonly game: string;
  readonly words: readonly Word[];
}

export interface Word {
  readonly kind: string;
  /** As {@link fold} has it. */
  readonly text: string;
}

/** One entry of `truth.json`. */
interface TruthEntry {
  readonly file: string;
  readonly game: string;
  readonly truth: Readonly<Record<string, unknown>> & {
    readonly texts?: readonly string[];
    readonly kill_feed?: readonly Readonly<Record<string, unknown>>[] | null;
    readonly uncertain?: readonly string[];
  };
}

const FIELDS =
  `timer score_left score_right health armor ammo_clip ammo_reserve money banner location_text player_name`.split(' ');
/** Shorter texts are found only where they stand alone: "2" is in half of all lines. */
const SHORT = 3;

/** Letters and digits alone: spaces and stops are nobody's question. */
export const fold = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The pictures of a folder with a `truth.json`; texts in letters that no reader here knows are left out. */
export async function screensOf(folder: string): Promise<Screen[]> {
  const entries = JSON.parse(await readFile(join(folder, 'truth.json'), 'utf8')) as TruthEntry[];
  return entries
    .filter(({ file }) => /\.(jpe?g|png|webp)$/i.test(file))
    .map(({ file, game, truth }) => ({ file, game, words: wordsOf(truth) }));
}

function wordsOf(truth: TruthEntry['truth']): Word[] {
  const certain = FIELDS.filter((field) => !truth.uncertain?.includes(field));
  const words = [
    ...certain.map((kind) => ({ kind, text: truth[kind] })),
    ...(truth.kill_feed ?? []).flatMap(({ killer, victim }) =>
      [killer, victim].map((text) => ({ kind: 'kill_feed', text })),
    ),
    ...(truth.texts ?? []).map((text) => ({ kind: 'texts', text })),
  ];
  return words.flatMap(({ kind, text }) => {
    if (typeof text !== 'string' && typeof text !== 'number') return [];
    const isKnown = /^[ -~]+$/.test(`${text}`);
    const folded = fold(`${text}`);
    return isKnown && folded !== '' ? [{ kind, text: folded }] : [];
  });
}

/** Whether one of the lines that were read says this. */
export const isFound = ({ text }: Word, lines: readonly string[]): boolean =>
  lines.some((line) => (text.length <= SHORT ? line === text : line.includes(text)));
