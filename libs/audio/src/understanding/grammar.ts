import type { VoiceLanguage } from '@jiga/contracts';

import { SLOT_NAMES } from './intent.js';
import type { Pattern, SlotPhrases } from './pattern.js';
import { CONTRACTIONS } from './text.js';

/** All that may be said in a session, for a recogniser of commands. */
export interface CommandGrammar {
  /** JSGF 1.0 with one public rule. */
  readonly jsgf: string;
  /** Every word that stands in it. */
  readonly words: readonly string[];
}

const HEAD = '#JSGF V1.0;\ngrammar jiga;\n';

/** The patterns as a grammar. What needs a slot that has no values is left out. */
export function commandGrammar(
  patterns: readonly Pattern[],
  phrases: SlotPhrases,
  language: VoiceLanguage,
): CommandGrammar {
  const filled = SLOT_NAMES.filter((slot) => phrases[slot].length > 0);
  const writer = new GrammarWriter(new Set(filled), language);
  const commands = patterns.map((pattern) => writer.write(pattern)).filter((text) => text !== null);
  const slots = filled.map(
    (slot) => `<${slot}> = ${phrases[slot].map(({ words }) => writer.say(words)).join(' | ')};\n`,
  );
  const jsgf = `${HEAD}${slots.join('')}public <command> = ${commands.join('\n  | ')};\n`;
  return { jsgf, words: [...writer.words].sort() };
}

/** Writes patterns as JSGF and notes the words that it writes. */
class GrammarWriter {
  readonly words = new Set<string>();
  readonly #contractions: ReadonlyMap<string, string>;

  constructor(
    private readonly slots: ReadonlySet<string>,
    language: VoiceLanguage,
  ) {
    this.#contractions = new Map(Object.entries(CONTRACTIONS[language]).map(([short, long]) => [long, short]));
  }

  say(words: readonly string[]): string {
    for (const word of words) this.words.add(word);
    return words.join(' ');
  }

  /** The pattern as text, perhaps empty; null when it cannot be said because a slot has no values. */
  write(pattern: Pattern): string | null {
    switch (pattern.kind) {
      case 'word':
        return this.say([pattern.word]);
      case 'slot':
        return this.slots.has(pattern.slot) ? `<${pattern.slot}>` : null;
      case 'optional': {
        const inner = this.write(pattern.part);
        return inner === null ? '' : `[${inner}]`;
      }
      case 'choice': {
        const parts = pattern.parts.map((part) => this.write(part)).filter((text) => text !== null);
        return parts.length === 0 ? null : `(${parts.join(' | ')})`;
      }
      default:
        return this.#writeSequence(pattern.parts);
    }
  }

  #writeSequence(parts: readonly Pattern[]): string | null {
    const texts: string[] = [];
    for (let at = 0; at < parts.length; at++) {
      const short = this.#contractionAt(parts, at);
      const text = short ?? this.write(parts[at] as Pattern);
      if (text === null) return null;
      if (text !== '') texts.push(text);
      if (short !== null) at++;
    }
    return texts.length === 0 ? null : texts.join(' ');
  }

  /** Both forms of two words that have a short one, such as `(what is | what's)`. */
  #contractionAt(parts: readonly Pattern[], at: number): string | null {
    const [first, second] = [parts[at], parts[at + 1]];
    if (first?.kind !== 'word' || second?.kind !== 'word') return null;
    const short = this.#contractions.get(`${first.word} ${second.word}`);
    return short === undefined ? null : `(${this.say([first.word, second.word])} | ${this.say([short])})`;
  }
}
