import type { VoiceLanguage } from '@jiga/contracts';

/** Contractions and what they stand for; both are said, one form is understood. Looked up by whatever a player says. */
export const CONTRACTIONS: Readonly<Record<VoiceLanguage, ReadonlyMap<string, string>>> = {
  en: new Map([
    ["what's", 'what is'],
    ["who's", 'who is'],
    ["where's", 'where is'],
    ["how's", 'how is'],
    ["i'm", 'i am'],
    ["he's", 'he is'],
    ["we're", 'we are'],
    ["they're", 'they are'],
    ["i've", 'i have'],
    ["they've", 'they have'],
    ["don't", 'do not'],
    ["let's", 'let us'],
  ]),
  fr: new Map(),
};

/** Numbers as they are spoken, for transcripts that write digits. */
const NUMBER_WORDS: Readonly<Record<VoiceLanguage, readonly string[]>> = {
  en: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  fr: ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf', 'dix'],
};

/** Without case and accents, which transcripts and typists set or leave out as they like. */
export const foldWord = (word: string): string => word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/**
 * The words of an utterance in lower case. French elisions are words of their own, as in the pronouncing dictionary:
 * `c'est` is `c'` and `est`.
 */
export function wordsOf(text: string, language: VoiceLanguage): string[] {
  const plain = text
    .normalize()
    .toLowerCase()
    .replace(/[’ʼ`´]/g, "'");
  const spaced = language === 'fr' ? plain.replace(/(\p{L})'(?=\p{L})/gu, "$1' ") : plain;
  return spaced
    .split(/[^\p{L}\p{M}\p{N}']+/u)
    .map((word) => word.replace(language === 'en' ? /^'+|'+$/g : /^'+/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .flatMap((word) => (CONTRACTIONS[language].get(word) ?? NUMBER_WORDS[language][Number(word)] ?? word).split(' '));
}

/** Words as a text again: elided ones stand close to the next. */
export const joinWords = (words: readonly string[]): string => words.join(' ').replace(/' /g, "'");
