import type { SlotName, Slots } from './intent.js';
import { foldWord } from './text.js';

/** A phrase pattern: the part of JSGF's expansions that commands need, so that one text serves grammar and parser. */
export type Pattern =
  | { readonly kind: 'word'; readonly word: string; readonly folded: string }
  | { readonly kind: 'slot'; readonly slot: SlotName }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'optional'; readonly part: Pattern };

/** A value of a slot and the words that stand for it. */
export interface SlotPhrase {
  readonly value: string;
  readonly words: readonly string[];
  readonly folded: readonly string[];
}
export type SlotPhrases = Readonly<Record<SlotName, readonly SlotPhrase[]>>;

export interface PatternMatch {
  /** Index after the last word. */
  readonly end: number;
  readonly slots: Slots;
}

const TOKEN = /\s*(\(|\)|\[|\]|\||<[a-z]+>|[^\s()[\]|<>]+)/y;

/** Reads `word [maybe] (this | that) <slot>`. Throws an Error for text that is no pattern: it is our own. */
export function parsePattern(text: string): Pattern {
  const tokens = tokenize(text);
  let at = 0;
  const choice = (): Pattern => {
    const parts = [sequence()];
    while (tokens[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'choice', parts };
  };
  const group = (close: string): Pattern => {
    const inner = choice();
    if (tokens[at++] !== close) throw new Error(`"${close}" is missing in the pattern ${text}`);
    return inner;
  };
  const sequence = (): Pattern => {
    const parts: Pattern[] = [];
    for (let token = tokens[at]; token !== undefined && !'|)]'.includes(token); token = tokens[at]) {
      at++;
      if (token === '(') parts.push(group(')'));
      else if (token === '[') parts.push({ kind: 'optional', part: group(']') });
      else if (token.startsWith('<')) parts.push({ kind: 'slot', slot: token.slice(1, -1) as SlotName });
      else parts.push({ kind: 'word', word: token, folded: foldWord(token) });
    }
    if (parts.length === 0) throw new Error(`Nothing stands between two marks of the pattern ${text}`);
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'sequence', parts };
  };
  const pattern = choice();
  if (at !== tokens.length) throw new Error(`"${tokens[at]}" is too much in the pattern ${text}`);
  return pattern;
}

/** Every way in which the pattern fits the folded words from `start` on. */
export function matchPattern(
  pattern: Pattern,
  words: readonly string[],
  start: number,
  phrases: SlotPhrases,
): PatternMatch[] {
  const none: PatternMatch = { end: start, slots: {} };
  switch (pattern.kind) {
    case 'word':
      return words[start] === pattern.folded ? [{ end: start + 1, slots: {} }] : [];
    case 'slot':
      return phrases[pattern.slot]
        .filter((phrase) => phrase.folded.every((word, index) => words[start + index] === word))
        .map(({ value, folded: { length } }) => ({ end: start + length, slots: { [pattern.slot]: value } }));
    case 'optional':
      return [...matchPattern(pattern.part, words, start, phrases), none];
    case 'choice':
      return pattern.parts.flatMap((part) => matchPattern(part, words, start, phrases));
    default:
      return pattern.parts.reduce<PatternMatch[]>(
        (before, part) =>
          before.flatMap(({ end, slots }) =>
            matchPattern(part, words, end, phrases).map((next) => ({
              end: next.end,
              slots: { ...slots, ...next.slots },
            })),
          ),
        [none],
      );
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`Not a pattern: ${text}`);
    tokens.push(token);
  }
  return tokens;
}
