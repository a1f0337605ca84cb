/** A text reduced to its letters and digits, with the way back to the original. */
export interface Folded {
  readonly chars: string;
  /** Index in `raw` of every folded character. */
  readonly origin: readonly number[];
  /** Whether the folded character starts a word in `raw`. */
  readonly starts: readonly boolean[];
  readonly raw: string;
}

const COLOR_CODE = /\^[0-9a-z]/gi;
const WORD_CHAR = /[\p{L}\p{N}]/u;

/** Groups of glyphs that recognition confuses; a swap within a group costs a third of a real difference. */
const LOOKALIKES = [
  'o0qdc',
  'li1tj',
  's5',
  'b8',
  'bh',
  'z2',
  'g9qd',
  'uvwy',
  'nmr',
  'oeca',
  'fl1t',
  'a4',
  'hn',
  'ag',
  'pn',
];
const LOOKALIKE_COST = 0.35;

/** Digits tell names apart (`Bot1`, `Bot2`) and are seldom made up. */
const OTHER_DIGIT_COST = 4;
const EXTRA_DIGIT_COST = 2.5;

const isDigit = (char: string): boolean => char >= '0' && char <= '9';

/** Substitution costs of all pairs of ASCII characters: looked up in the innermost loop of every comparison. */
const ASCII = 128;
const COSTS = new Float64Array(ASCII * ASCII).fill(1);
for (const a of '0123456789') for (const b of '0123456789') COSTS[pairIndex(a, b)] = OTHER_DIGIT_COST;
for (const group of LOOKALIKES) for (const a of group) for (const b of group) COSTS[pairIndex(a, b)] = LOOKALIKE_COST;
for (let code = 0; code < ASCII; code++) COSTS[code * ASCII + code] = 0;

function pairIndex(a: string, b: string): number {
  return a.charCodeAt(0) * ASCII + b.charCodeAt(0);
}

/** Cost of reading `b` where `a` was drawn, both single lower-case characters. */
export function substitutionCost(a: string, b: string): number {
  if (a === b) return 0;
  const drawn = a.charCodeAt(0);
  const read = b.charCodeAt(0);
  return drawn < ASCII && read < ASCII ? (COSTS[drawn * ASCII + read] ?? 1) : 1;
}

const gapCost = (char: string): number => (isDigit(char) ? EXTRA_DIGIT_COST : 1);

/** Takes out colour codes and the spaces around and between words that carry nothing. */
export function tidy(raw: string): string {
  return raw.replace(COLOR_CODE, '').replace(/\s+/g, ' ').trim();
}

/** Keeps letters and digits only, in lower case: spaces and punctuation are what recognition loses first. */
export function fold(text: string): Folded {
  const raw = tidy(text);
  const chars: string[] = [];
  const origin: number[] = [];
  const starts: boolean[] = [];
  let boundary = true;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] === '|' ? 'l' : (raw[i] ?? '');
    if (!WORD_CHAR.test(char)) {
      boundary = true;
      continue;
    }
    chars.push(char.toLowerCase());
    origin.push(i);
    starts.push(boundary);
    boundary = false;
  }
  return { chars: chars.join(''), origin, starts, raw };
}

/** Edit distance (Levenshtein) between two folded texts where look-alike glyphs cost less than others. */
export function editCost(a: string, b: string): number {
  let row = [0];
  for (const char of b) row.push((row.at(-1) ?? 0) + gapCost(char));
  for (let i = 1; i <= a.length; i++) {
    const drawn = a[i - 1] ?? '';
    const next = [(row[0] ?? 0) + gapCost(drawn)];
    for (let j = 1; j <= b.length; j++) {
      const read = b[j - 1] ?? '';
      const swap = (row[j - 1] ?? 0) + substitutionCost(drawn, read);
      next.push(Math.min(swap, (row[j] ?? 0) + gapCost(drawn), (next[j - 1] ?? 0) + gapCost(read)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Takes the spaces out of a name drawn in wide letters (`S a rg e`), which recognition takes for words. */
export function closeUp(text: string): string {
  const words = tidy(text).split(' ');
  const short = words.filter((word) => word.length <= 2).length;
  return words.length > 1 && short * 2 >= words.length ? words.join('') : words.join(' ');
}

/** 1 for equal texts, 0 for texts with nothing in common. */
export function similarity(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : Math.max(0, 1 - editCost(a, b) / longest);
}

/** Pairs of neighbouring characters, for a cheap test whether two texts can be alike. */
export function bigrams(text: string): Set<string> {
  const pairs = new Set<string>();
  for (let i = 1; i < text.length; i++) pairs.add(text.slice(i - 1, i + 1));
  return pairs;
}
