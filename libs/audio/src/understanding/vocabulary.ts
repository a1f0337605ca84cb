import type { GameKnowledge, VoiceLanguage } from '@jiga/contracts';

import type { SlotPhrase, SlotPhrases } from './pattern.js';
import type { LanguageRules } from './rule.js';
import { foldWord, wordsOf } from './text.js';

/** More values than a match has; a grammar beyond is slow and mishears. */
const VALUES_MAX = 150;
const WORDS_MAX = 5;

/** What the slots may hold in a session: from the language, the game, and who has been seen in the match. */
export interface SessionVocabulary {
  readonly game: Pick<GameKnowledge, 'places' | 'weapons'> | null;
  /** Names as the game writes them. */
  readonly players: readonly string[];
}

/** Values of every slot with the words that stand for them, the longest first, so that "a site" is not taken for "a". */
export function slotPhrases(
  rules: LanguageRules,
  { game, players }: SessionVocabulary,
  language: VoiceLanguage,
): SlotPhrases {
  const spoken = (values: readonly string[]): SlotPhrase[] => phrasesOf(values, language);
  return {
    place: spoken([...rules.places, ...(game?.places ?? [])]),
    weapon: spoken(game?.weapons ?? []),
    player: spoken(players),
    count: Object.entries(rules.counts).map(([word, value]) => ({ value, ...wordsAndFolded(word, language) })),
  };
}

function phrasesOf(values: readonly string[], language: VoiceLanguage): SlotPhrase[] {
  const byWords = new Map<string, SlotPhrase>();
  for (const value of values) {
    const { words, folded } = wordsAndFolded(value.replace(/_/g, ' '), language);
    const key = folded.join(' ');
    if (words.length === 0 || words.length > WORDS_MAX || byWords.has(key)) continue;
    byWords.set(key, { value: value.replace(/_/g, ' '), words, folded });
    if (byWords.size >= VALUES_MAX) break;
  }
  return [...byWords.values()].sort((a, b) => b.words.length - a.words.length);
}

function wordsAndFolded(text: string, language: VoiceLanguage): Pick<SlotPhrase, 'words' | 'folded'> {
  const words = wordsOf(text, language);
  return { words, folded: words.map(foldWord) };
}
