import type { SlotName } from '../../../libs/audio/src/understanding/intent.js';
import { parsePattern, type Pattern } from '../../../libs/audio/src/understanding/pattern.js';
import { ENGLISH } from '../../../libs/audio/src/understanding/rules.en.js';
import { CONTRACTIONS } from '../../../libs/audio/src/understanding/text.js';
import { Understanding } from '../../../libs/audio/src/understanding/understanding.js';
import type { SessionVocabulary } from '../../../libs/audio/src/understanding/vocabulary.js';

/** The same numbers for a seed every time, 0–1. @see Park, Miller, "Random number generators: good ones are hard to find" */
export function seeded(seed: number): () => number {
  let state = (seed * 7919 + 12_345) % 0x7fff_ffff;
  return () => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
}

/** So many different commands of a session's grammar, drawn from its rules: short forms, left out and filled in parts. */
export function sampleCommands(count: number, seed: number, vocabulary: SessionVocabulary): string[] {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const values: Readonly<Record<SlotName, readonly string[]>> = {
    place: [...ENGLISH.places, ...(vocabulary.game?.places ?? [])],
    weapon: vocabulary.game?.weapons ?? [],
    player: vocabulary.players.map((name) => name.toLowerCase()),
    count: Object.keys(ENGLISH.counts),
  };
  const write = (pattern: Pattern): string => {
    switch (pattern.kind) {
      case 'word':
        return pattern.word;
      case 'slot':
        return pick(values[pattern.slot]);
      case 'optional':
        return random() < 0.5 ? write(pattern.part) : '';
      case 'choice':
        return write(pick(pattern.parts));
      default:
        return pattern.parts.map(write).filter(Boolean).join(' ');
    }
  };
  const patterns = ENGLISH.rules.flatMap(({ say }) => say).map(parsePattern);
  const understanding = new Understanding('en', vocabulary);
  const found = new Set<string>();
  while (found.size < count) {
    const text = contracted(write(pick(patterns)), random);
    if (understanding.understand(text) !== null) found.add(text);
  }
  return [...found];
}

/** "what is" as "what's" every other time. */
function contracted(text: string, random: () => number): string {
  return Object.entries(CONTRACTIONS.en).reduce(
    (so, [short, long]) => (random() < 0.5 ? so.replace(new RegExp(`\\b${long}\\b`), short) : so),
    text,
  );
}
